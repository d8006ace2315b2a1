import { HubError } from "../errors.ts";

/** What packed files begin with, in hexadecimal digits. */
const BEGINNINGS = {
  "a zip archive": /^504b(0304|0506)/,
  "packed by gzip": /^1f8b08/,
  "packed by bzip2": /^425a683\d314159265359/,
  "packed by xz": /^fd377a585a00/,
  "packed by zstd": /^28b52ffd/,
  "a 7z archive": /^377abcaf271c/,
};

/**
 * Refuses what is packed, by what it is: read as text it would be told as a wrong encoding, or, in encodings that have a
 * character for every byte, as thousands of wrong rows. Nothing is ever unpacked, so a small file stays small.
 * @throws HubError TL_ENCODING_INVALID
 */
export function refusePacked(first: Uint8Array): void {
  const start = Buffer.from(first.subarray(0, 10)).toString("hex");
  const found = Object.entries(BEGINNINGS).find(([, beginning]) => beginning.test(start));
  if (found === undefined) return;
  throw new HubError("TL_ENCODING_INVALID", `the file is ${found[0]}, and the hub unpacks nothing`, {
    cure: "Have the sender deliver the files themselves, or unpack them on the way.",
  });
}
