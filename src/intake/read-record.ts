import { open } from "node:fs/promises";
import { join } from "node:path";
import { HubError } from "../errors.ts";
import type { ReadRecord } from "../flow/transform.ts";
import { decodeText } from "../format/encoding.ts";
import type { FileRow } from "../store/file-table.ts";
import type { Store } from "../store/store.ts";

/**
 * How a stored message's record is read: from its own bytes, or from its place in an archived file.
 * @param data the data folder, which archive paths are relative to
 */
export function recordReader(store: Store, data: string): ReadRecord {
  const files = new Map<number, FileRow>();
  return async (message, flow) => {
    const format = flow.compiled.format;
    if (message.slice === null) {
      if (message.body === null) throw new HubError("TL_STORE_FAILED", "the message has no body");
      return { value: format.decode(decodeText(message.body, format.encoding)), file: null };
    }
    let file = files.get(message.slice.file);
    if (file === undefined) {
      const id = message.slice.file;
      file = await store.transaction((tx) => tx.files.get(id));
      if (file === undefined) throw new HubError("TL_STORE_FAILED", `file ${id} is not in the store`);
      if (files.size > 64) files.clear();
      files.set(id, file);
    }
    const bytes = await readSlice(join(data, file.text), message.slice.offset, message.slice.length);
    return { value: format.decode(bytes, file.context, message.slice.offset), file: file.name };
  };
}

/** @throws HubError TL_STORE_FAILED when the archive copy is gone or shorter */
export async function readSlice(path: string, offset: number, length: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(length);
  try {
    const handle = await open(path, "r");
    try {
      const { bytesRead } = await handle.read(buffer, 0, length, offset);
      if (bytesRead === length) return buffer;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new HubError("TL_STORE_FAILED", "the archive copy of the file cannot be read", { cause: error });
  }
  throw new HubError("TL_STORE_FAILED", "the archive copy of the file is shorter than it was");
}
