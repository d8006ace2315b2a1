import { open } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { HubError } from "../errors.ts";
import type { FileSlice } from "../store/message-table.ts";

/**
 * The bytes of a record that lies in a file: all of them, or the first `limit`.
 * @param text path of the file's text, relative to the data folder, which it never leaves
 * @throws HubError TL_NOT_FOUND
 */
export async function readSlice(
  data: string,
  text: string,
  slice: FileSlice,
  limit: number | null,
): Promise<Buffer> {
  const path = resolve(join(data, text));
  if (!path.startsWith(resolve(data) + sep))
    throw new HubError("TL_NOT_FOUND", "the file of this row is not there");
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, "r");
  } catch (error) {
    throw new HubError("TL_NOT_FOUND", "the file of this row is not there any more", { cause: error });
  }
  try {
    const bytes = Buffer.alloc(Math.min(slice.length, limit ?? slice.length));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, slice.offset);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
