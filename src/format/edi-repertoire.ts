import { HubError } from "../errors.ts";
import { createEncoder } from "./encode.ts";
import { createDecoder, EDIFACT_ENCODINGS, encodingName } from "./encoding.ts";

/** The characters that may stand in an interchange, and their bytes. */
export interface Repertoire {
  /** As a person knows it: `UNOA`, `windows-1252`. */
  readonly name: string;
  /** Index of the first character that is none of them; -1: all are. */
  foreign(text: string): number;
  /** Of text without foreign characters. */
  encode(text: string): Uint8Array;
}

/** ISO 9735, level A: capital letters, digits, and these. */
const LEVEL_A = /[^A-Z0-9 .,\-()/='+:?!"%&*;<>]/;
/** Level B has small letters too. */
const LEVEL_B = /[^A-Za-z0-9 .,\-()/='+:?!"%&*;<>]/;
const ASCII = /[^ -~]/;
/** Anything but controls and halves of characters. */
const NO_TEXT = /[\p{Control}\p{Surrogate}]/u;

/** Made once: each file and each record that is checked asks for one. */
const levels = new Map<string, Repertoire>();

/** The characters of a syntax level of EDIFACT; undefined: there is none of this name, or it is not written. */
export function edifactRepertoire(syntax: string): Repertoire | undefined {
  const found = levels.get(syntax) ?? levelOf(syntax);
  if (found !== undefined) levels.set(syntax, found);
  return found;
}

function levelOf(syntax: string): Repertoire | undefined {
  if (syntax === "UNOA") return matching(syntax, LEVEL_A, "utf-8");
  if (syntax === "UNOB") return matching(syntax, LEVEL_B, "utf-8");
  const encoding = EDIFACT_ENCODINGS[syntax];
  if (encoding === undefined) return undefined;
  if (encoding === "utf-8") return matching(syntax, NO_TEXT, encoding);
  // What browsers take for ISO 8859 has characters in places where ISO 8859 has controls.
  return oneByte(syntax, charactersOf(encoding, 0xa0), createEncoder(encoding).encode);
}

/**
 * The characters of an encoding; `ascii` has no more than ASCII.
 * @throws HubError TL_CONFIG_INVALID when it is not known, or one character has several bytes
 */
export function repertoireOf(label: string): Repertoire {
  if (label === "ascii") return matching(label, ASCII, "utf-8");
  const encoding = encodingName(label);
  if (encoding === "utf-8") return matching(encoding, NO_TEXT, encoding);
  const own = charactersOf(encoding, 0x80);
  const { encode } = createEncoder(encoding);
  if (own.size > 0 && [...own].every((char) => encode(char).length === 1))
    return oneByte(encoding, own, encode);
  throw new HubError("TL_CONFIG_INVALID", `\`encoding\`: ${encoding} has several bytes for a character`, {
    cure: "Write ascii, utf-8, or an encoding of one byte a character such as windows-1252.",
  });
}

function matching(name: string, foreign: RegExp, encoding: string): Repertoire {
  return { name, foreign: (text) => text.search(foreign), encode: createEncoder(encoding).encode };
}

/** What the bytes above ASCII mean. @param from the first one that counts */
function charactersOf(encoding: string, from: number): ReadonlySet<string> {
  const own = new Set<string>();
  for (let byte = from; byte < 0x100; byte++) {
    const char = charOf(byte, encoding);
    if (char !== "" && !NO_TEXT.test(char)) own.add(char);
  }
  return own;
}

function oneByte(name: string, own: ReadonlySet<string>, encode: Repertoire["encode"]): Repertoire {
  return {
    name,
    encode,
    foreign(text) {
      for (let at = text.search(ASCII); at !== -1 && at < text.length; at++) {
        const char = text.charAt(at);
        if (!own.has(char) && ASCII.test(char)) return at;
      }
      return -1;
    },
  };
}

function charOf(byte: number, encoding: string): string {
  try {
    return createDecoder(encoding).decode(Uint8Array.of(byte));
  } catch {
    return "";
  }
}
