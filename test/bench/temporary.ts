import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a bench leaves behind when it is cut short: processes to end and folders to delete. */
const endings = new Set<() => Promise<void>>();

/** Runs `end` at the latest when the bench is over. Gives the call that does it earlier; it runs once. */
export function atEnd(end: () => Promise<void>): () => Promise<void> {
  const once = async (): Promise<void> => {
    if (endings.delete(once)) await end();
  };
  endings.add(once);
  return once;
}

/** Ends and deletes all that is left, the newest first. */
export async function cleanUp(): Promise<void> {
  for (const end of [...endings].reverse()) await end().catch(() => undefined);
}

/** A temporary folder, deleted at the end. */
export async function temporaryFolder(
  name: string,
): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), `tieline-bench-${name}-`));
  return { path, remove: atEnd(() => rm(path, { recursive: true, force: true })) };
}
