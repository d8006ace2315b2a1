import { createHash, hash } from "node:crypto";
import type { RecordContext } from "../format/format.ts";
import type { Asked } from "../mapping/look-up.ts";

/** The hash of a record's bytes, and of what else decides over its value where that is not the same all over the file. */
export type RecordHash = (bytes: Uint8Array, within?: string) => string;

/** Room for most records; a longer one gets memory of its own. */
const ROOM = 16 * 1024;

/**
 * Names the content of a file's records: a hash over the flow version, what the file's records are read by (such as its
 * header) and the record's own bytes. Equal hashes mean that the same flow would make the same of it.
 * SHA-1 in base64 (RFC 4648): it tells apart what came by accident, and is stored with every record. A text, since a
 * buffer of its own for each record keeps the garbage collector busy.
 *
 * @param version id of the flow version
 */
export function recordHash(version: number, context: RecordContext): RecordHash {
  const head = Buffer.from(`${version}\n${JSON.stringify(context)}\n`);
  let memory = Buffer.allocUnsafe(head.length + ROOM);
  head.copy(memory);
  return (bytes, within) => {
    if (within !== undefined) return hashWithin(version, within, bytes);
    const length = head.length + bytes.length;
    if (length > memory.length) {
      memory = Buffer.allocUnsafe(2 * length);
      head.copy(memory);
    }
    memory.set(bytes, head.length);
    return hash("sha1", memory.subarray(0, length), "base64");
  };
}

function hashWithin(version: number, within: string, bytes: Uint8Array): string {
  return createHash("sha1").update(`${version}\n${within}\n`).update(bytes).digest("base64");
}

/**
 * The hash of a record with what its mapping looked up, since the same bytes make something else when the answers are
 * others. A record that asked nothing keeps its own hash: it can be told without mapping it.
 */
export function hashWithAnswers(own: string, asked: readonly Asked[]): string {
  return asked.length === 0 ? own : hash("sha1", `${own}\n${JSON.stringify(asked)}`, "base64");
}
