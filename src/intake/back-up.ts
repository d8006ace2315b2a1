import { cp, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { HubError } from "../errors.ts";

/**
 * Copies the store and the archive of files to an empty folder. Gives the bytes that lie there then.
 * @param data the data folder
 * @throws HubError TL_CONFLICT when the folder is not empty
 */
export async function backUp(
  data: string,
  copyStore: (folder: string) => Promise<void>,
  folder: string,
): Promise<number> {
  const found = await readdir(folder).catch(() => []);
  if (found.length > 0) throw new HubError("TL_CONFLICT", "the folder for the backup is not empty");
  // The store first: every file it names is in the archive by then.
  await copyStore(folder);
  await cp(join(data, "archive"), join(folder, "archive"), { recursive: true, force: true }).catch(
    (error: unknown) => {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    },
  );
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
