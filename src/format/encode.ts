import { createDecoder, encodingName } from "./encoding.ts";

/** Text to the bytes of one encoding. */
interface Encoder {
  /** What a file of it begins with. */
  readonly mark: Uint8Array;
  /** Characters that the encoding does not have become "?". */
  encode(text: string): Uint8Array;
}

const NO_MARK = new Uint8Array(0);

/** Encodings in which some bytes only mean something together. */
const MULTI_BYTE = new Set(["gbk", "gb18030", "big5", "euc-jp", "iso-2022-jp", "shift_jis", "euc-kr"]);

/**
 * An encoder for files that go back to their sender: UTF-8, UTF-16 with its byte order mark, and every encoding of one
 * byte a character. For others (Shift_JIS, GB18030 …) it writes UTF-8.
 * @throws HubError TL_CONFIG_INVALID on an unknown label
 */
export function createEncoder(label: string): Encoder {
  const encoding = encodingName(label);
  if (encoding === "utf-16le") {
    return { mark: Uint8Array.of(0xff, 0xfe), encode: (text) => Buffer.from(text, "utf16le") };
  }
  if (encoding === "utf-16be") {
    return {
      mark: Uint8Array.of(0xfe, 0xff),
      encode: (text) => Buffer.from(text, "utf16le").swap16(),
    };
  }
  if (encoding === "utf-8" || MULTI_BYTE.has(encoding)) {
    return { mark: NO_MARK, encode: (text) => Buffer.from(text) };
  }
  const table = singleByteTable(encoding);
  return { mark: NO_MARK, encode: (text) => fromTable(text, table) };
}

function fromTable(text: string, table: ReadonlyMap<string, number>): Uint8Array {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (const char of text) bytes[length++] = table.get(char) ?? 0x3f;
  return bytes.subarray(0, length);
}

function singleByteTable(encoding: string): ReadonlyMap<string, number> {
  const table = new Map<string, number>();
  for (let byte = 0; byte < 256; byte++) {
    const char = decodeAlone(byte, encoding);
    if (char !== undefined) table.set(char, byte);
  }
  return table;
}

function decodeAlone(byte: number, encoding: string): string | undefined {
  try {
    return createDecoder(encoding).decode(Uint8Array.of(byte));
  } catch {
    return undefined;
  }
}
