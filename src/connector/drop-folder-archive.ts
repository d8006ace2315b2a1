import { constants } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ClaimedFile } from "./contract.ts";
import { dataPath, type FileState, fileState, sameFile, sameInode } from "./drop-folder-claim.ts";
import { busy } from "./drop-folder-error.ts";
import { copyDurably } from "./durable-file.ts";

/**
 * Copies a claimed file to `archive`, durably.
 * @throws HubError TL_FILE_BUSY when the file changed meanwhile; then nothing is left at `archive`
 */
export async function archiveClaimed(
  inbox: string,
  name: string,
  state: FileState,
  archive: string,
): Promise<ClaimedFile> {
  // O_NONBLOCK: should a pipe have slipped in under the name, opening it must not hang.
  const file = await open(
    dataPath(inbox, name),
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  );
  try {
    const before = await changeTime(file);
    const copied = await copyDurably(file, archive);
    const after = await fileState(dataPath(inbox, name));
    const same = after !== undefined && sameFile(after, state) && (await changeTime(file)) === before;
    const inPlace = await fileState(join(inbox, name));
    if (!same || copied.size !== state.size || inPlace === undefined || !sameInode(inPlace, state)) {
      await rm(archive, { force: true });
      throw busy(name, "it changed while it was read");
    }
    return { name, size: copied.size, sha256: copied.sha256 };
  } finally {
    await file.close();
  }
}

/** The inode's change time: it moves even when a writer sets the modification time back. */
async function changeTime(file: FileHandle): Promise<bigint> {
  return (await file.stat({ bigint: true })).ctimeNs;
}
