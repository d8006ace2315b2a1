import { HubError } from "../errors.ts";
import { createDecoder, encodingName } from "./encoding.ts";

/**
 * Text in an encoding: UTF-8, UTF-16LE, or one that has a byte for each character.
 * @throws HubError TL_ENCODING_INVALID when it has a character that the encoding lacks, TL_USAGE when nobody can write it
 */
export function encodeText(text: string, label: string): Uint8Array {
  const name = encodingName(label);
  if (name === "utf-8") return Buffer.from(text);
  if (name === "utf-16le") return Buffer.from(text, "utf16le");
  const bytes = bytesByCharacter(name);
  return Uint8Array.from([...text], (character, at) => {
    const byte = bytes.get(character);
    if (byte !== undefined) return byte;
    throw new HubError("TL_ENCODING_INVALID", `character ${at + 1} cannot be written in ${name}`, {
      cure: "Write it in another way, or give the body as bytes.",
    });
  });
}

/** What each byte means by itself. @throws HubError TL_USAGE for an encoding whose characters have several bytes */
function bytesByCharacter(name: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  if (name !== "bytes") {
    const decoder = createDecoder(name);
    for (let byte = 0; byte < 256; byte++) {
      try {
        found.set(decoder.decode(Uint8Array.of(byte)), byte);
      } catch {}
    }
  }
  if (found.size >= 192) return found;
  throw new HubError("TL_USAGE", `text cannot be written in ${name} here`, {
    cure: "Give the body as base64.",
  });
}
