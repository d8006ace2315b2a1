import { decodeText, detectEncoding } from "./encoding.ts";

/**
 * A small body as UTF-8, which is what formats read; bytes that are UTF-8 already are given back as they are.
 * @throws HubError TL_ENCODING_INVALID with line, column and byte of the first bad byte
 */
export function toUtf8(bytes: Uint8Array, encoding: string): Uint8Array {
  if (detectEncoding(bytes, encoding) === "utf-8") return bytes;
  return Buffer.from(decodeText(bytes, encoding));
}
