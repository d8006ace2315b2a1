import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/**
 * Tells whether anything below some folders changed, by names, sizes and times. Looking every second or two is dull and
 * works on every file system, where notifications run out of watches or are missing on network shares.
 */
export function folderWatch(folders: readonly string[]): () => Promise<boolean> {
  let before: string | null = null;
  return async () => {
    const now = (await Promise.all(folders.map(signature))).join("\n");
    const changed = before !== null && before !== now;
    before = now;
    return changed;
  };
}

async function signature(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const lines = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        const found = await stat(path).catch(() => null);
        return `${path} ${found?.size} ${found?.mtimeMs}`;
      }),
  );
  return lines.sort().join("\n");
}
