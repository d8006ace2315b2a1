import { createReadStream } from "node:fs";
import { copyFile, open } from "node:fs/promises";
import { HubError } from "../errors.ts";
import { refusePacked } from "./packed.ts";

/**
 * Bytes 0x80 to 0x9F of windows-1252 (WHATWG Encoding). Some releases of Node decode them as ISO-8859-1, which turns
 * the euro sign and curly quotes into control characters, so that this encoding is decoded here.
 */
const WINDOWS_1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009dž\u009f";

const UTF8 = /^utf-?8$/i;

/** What a format names as its encoding whose files are not text and stay as they are. */
export const BYTES = "bytes";

/** More bytes than any character has, in any encoding. */
const LONGEST = 8;

/** A decoder that remembers what a chunk left over. Throws a TypeError on bytes that are not of its encoding. */
interface Decoder {
  decode(bytes: Uint8Array, options?: { readonly stream?: boolean }): string;
}

/**
 * The canonical name of an encoding label (WHATWG Encoding), e.g. "latin1" is "windows-1252".
 * @throws HubError TL_CONFIG_INVALID when no such encoding is known
 */
export function encodingName(label: string): string {
  if (label === BYTES) return BYTES;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    throw new HubError("TL_CONFIG_INVALID", "the encoding named is not known", {
      cure: "Use a label of the WHATWG Encoding standard, e.g. utf-8, windows-1252, iso-8859-15, utf-16le.",
    });
  }
}

/** A fatal decoder; it drops a byte order mark at the start. @throws HubError TL_CONFIG_INVALID on an unknown label */
export function createDecoder(label: string): Decoder {
  const name = encodingName(label);
  if (name !== "windows-1252") return new TextDecoder(name, { fatal: true });
  return {
    decode: (bytes) =>
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        .toString("latin1")
        .replace(/[\x80-\x9f]/g, (char) => WINDOWS_1252.charAt(char.charCodeAt(0) - 0x80)),
  };
}

/**
 * Encodings by the syntax identifier of EDIFACT's UNB (ISO 9735). Those that are not here leave it to the partners: UNOA
 * and UNOB are ASCII, but what is sent as them often is not.
 */
export const EDIFACT_ENCODINGS: Readonly<Record<string, string>> = {
  UNOC: "iso-8859-1",
  UNOD: "iso-8859-2",
  UNOE: "iso-8859-5",
  UNOF: "iso-8859-7",
  UNOG: "iso-8859-3",
  UNOH: "iso-8859-4",
  UNOI: "iso-8859-6",
  UNOJ: "iso-8859-8",
  UNOK: "iso-8859-9",
  UNOL: "iso-8859-15",
  UNOW: "utf-8",
  UNOY: "utf-8",
};

/**
 * The encoding of a file by its first bytes: a byte order mark decides, then an XML declaration or the head of an EDIFACT
 * interchange, then what was declared. A few hundred bytes suffice.
 * @throws HubError TL_ENCODING_INVALID when an XML declaration names an encoding in which it could not be written, or
 *   one that is not known
 */
export function detectEncoding(first: Uint8Array, declared: string): string {
  if (declared === BYTES) return BYTES;
  refusePacked(first);
  if (first[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf) return "utf-8";
  if (first[0] === 0xff && first[1] === 0xfe) return "utf-16le";
  if (first[0] === 0xfe && first[1] === 0xff) return "utf-16be";
  if (first[0] === 0x3c && first[1] === 0 && first[2] === 0x3f) return "utf-16le";
  if (first[0] === 0 && first[1] === 0x3c && first[2] === 0) return "utf-16be";
  const start = Buffer.from(first.subarray(0, 256)).toString("latin1");
  const syntax = /^\s*(?:UNA.{6}\s*)?UNB.(UNO[A-Z])/s.exec(start)?.[1];
  if (syntax !== undefined) return encodingName(EDIFACT_ENCODINGS[syntax] ?? declared);
  const label = /^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][\w.:-]*)["']/.exec(start)?.[1];
  if (label === undefined) return encodingName(declared);
  const name = knownName(label);
  if (name === undefined)
    throw new HubError("TL_ENCODING_INVALID", "the XML declaration names an unknown encoding");
  if (name.startsWith("utf-16")) {
    throw new HubError("TL_ENCODING_INVALID", "the XML declaration says UTF-16, but the bytes are not", {
      place: { line: 1 },
      cure: "Have the sender declare the encoding it writes.",
    });
  }
  return name;
}

function knownName(label: string): string | undefined {
  try {
    return encodingName(label);
  } catch {
    return undefined;
  }
}

/**
 * A small body as UTF-8; a byte order mark, an XML declaration or the head of an EDIFACT interchange overrides
 * the encoding given. UTF-8 is passed on as it
 * is, since every format checks it.
 * @throws HubError TL_ENCODING_INVALID with line, column and byte of the first bad byte
 */
export function decodeText(bytes: Uint8Array, encoding: string): Uint8Array {
  const first = bytes[0] ?? 0;
  // Neither a mark nor a declaration begins like this; blanks and "U" may stand before one.
  if (first > 0x20 && first < 0x80 && first !== 0x3c && first !== 0x55 && UTF8.test(encoding)) return bytes;
  const name = detectEncoding(bytes, encoding);
  if (name === "utf-8" || name === BYTES) return bytes;
  const text = attempt(createDecoder(name), bytes, false);
  if (text !== undefined) return Buffer.from(text);
  const search = createSearch(name);
  search.failsIn(bytes, true);
  throw search.fault();
}

/**
 * Streams a file of any WHATWG encoding into a UTF-8 file without a byte order mark; memory does not grow with its size.
 * An existing target is replaced. Resolves with the encoding that was found.
 * @throws HubError TL_ENCODING_INVALID with line, column and byte of the first bad byte; the target is then incomplete
 */
export async function transcode(path: string, encoding: string, target: string): Promise<string> {
  const name = detectEncoding(await firstBytes(path), encoding);
  if (name === BYTES) {
    await copyFile(path, target);
    return name;
  }
  const out = await open(target, "w");
  let done = 0;
  try {
    const decoder = createDecoder(name);
    for await (const chunk of chunksOf(path)) {
      const text = attempt(decoder, chunk, true);
      if (text === undefined) throw await findFault(path, name, done);
      await out.writeFile(text);
      done++;
    }
    const rest = attempt(decoder, new Uint8Array(0), false);
    if (rest === undefined) throw await findFault(path, name, done);
    await out.writeFile(rest);
  } finally {
    await out.close();
  }
  return name;
}

function attempt(decoder: Decoder, bytes: Uint8Array, stream: boolean): string | undefined {
  try {
    return decoder.decode(bytes, { stream });
  } catch {
    return undefined;
  }
}

/** @param good how many chunks were decoded before one failed */
async function findFault(path: string, name: string, good: number): Promise<HubError> {
  const search = createSearch(name);
  let index = 0;
  for await (const chunk of chunksOf(path)) {
    if (search.failsIn(chunk, index === good)) break;
    index++;
  }
  return search.fault();
}

function chunksOf(path: string): AsyncIterable<Buffer> {
  return createReadStream(path, { highWaterMark: 256 * 1024 });
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const first = Buffer.alloc(256);
    const { bytesRead } = await file.read(first, 0, first.length, 0);
    return first.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Feeds a decoder again, byte by byte where it matters, to say where the first character that is none begins. */
function createSearch(name: string): {
  failsIn(chunk: Uint8Array, failing: boolean): boolean;
  fault(): HubError;
} {
  const decoder = new TextDecoder(name, { fatal: true });
  let line = 1;
  let column = 1;
  let seen = 0;
  /** Bytes before the character that is being read. */
  let whole = 0;

  function take(piece: Uint8Array): void {
    const text = decoder.decode(piece, { stream: true });
    seen += piece.length;
    if (text === "") return;
    whole = seen;
    const lastLineEnd = text.lastIndexOf("\n");
    column = lastLineEnd === -1 ? column + text.length : text.length - lastLineEnd;
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) line++;
  }

  return {
    failsIn(chunk, failing) {
      const fast = failing ? 0 : Math.max(0, chunk.length - LONGEST);
      try {
        if (fast > 0) take(chunk.subarray(0, fast));
        for (let at = fast; at < chunk.length; at++) take(chunk.subarray(at, at + 1));
        return false;
      } catch {
        return true;
      }
    },
    fault: () =>
      new HubError("TL_ENCODING_INVALID", `byte ${whole + 1} is not valid ${name}`, {
        place: { line, column },
      }),
  };
}
