import { statfs } from "node:fs/promises";

/** Bytes a non-root process may still write below `folder`. */
export async function freeBytes(folder: string): Promise<number> {
  const found = await statfs(folder);
  return found.bavail * found.bsize;
}
