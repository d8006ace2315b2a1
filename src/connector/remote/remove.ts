import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { TakenFile } from "../contract.ts";
import { asidePath } from "./claim.ts";
import { isStillOffered } from "./look.ts";
import type { Remote } from "./remote.ts";

/** A file that the hub owns by now, and that is to be taken from its folder. */
export interface Removal {
  readonly folder: string;
  readonly offer: TakenFile;
  readonly marker: string | undefined;
  /** Where it is moved; without it, it is deleted. */
  readonly archive: string | undefined;
  /** Whether size and time are enough to know it by; else it is read again. */
  readonly exact: boolean;
}

/**
 * Takes the file away if it is still the one the hub took; any other stays. It is moved aside first and judged there:
 * between a look and a removal the sender could have put another.
 */
export async function removeRemotely(remote: Remote, removal: Removal): Promise<void> {
  const { folder, offer } = removal;
  const path = posix.join(folder, offer.name);
  const aside = asidePath(folder, offer.name);
  // What is there already a crash has left between the two steps.
  if ((await remote.stat(aside)) === undefined) {
    const present = await remote.stat(path);
    if (present === undefined) return;
    const isOurs = isStillOffered(present, offer);
    await removeMarker(remote, removal, isOurs ? null : present.modified);
    if (!isOurs) return;
    await remote.rename(path, aside);
  }
  if (await isTaken(remote, aside, removal)) await dispose(remote, aside, removal);
  // A still newer one took its name, as it would have without us.
  else if ((await remote.stat(path)) !== undefined) await remote.remove(aside);
  else await remote.rename(aside, path);
}

/**
 * The marker goes first: left behind, it would pass a half-written successor off as complete.
 * @param rewritten when another file took the name: then only a marker that is older than it goes
 */
async function removeMarker(
  remote: Remote,
  { folder, marker }: Removal,
  rewritten: number | null,
): Promise<void> {
  if (marker === undefined) return;
  const path = posix.join(folder, marker);
  if (rewritten !== null) {
    const state = await remote.stat(path);
    if (state === undefined || (state.modified ?? rewritten) >= rewritten) return;
  }
  await remote.remove(path);
}

async function isTaken(remote: Remote, path: string, { offer, exact }: Removal): Promise<boolean> {
  const state = await remote.stat(path);
  if (state === undefined || !isStillOffered(state, offer)) return false;
  if ((exact && state.modified !== null) || offer.sha256 === undefined) return true;
  return (await hashOf(remote, path)) === offer.sha256;
}

async function hashOf(remote: Remote, path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of remote.read(path, 0)) hash.update(chunk);
  return hash.digest("hex");
}

/** Of two files of one name the second is moved under its own hash too. */
async function dispose(remote: Remote, aside: string, { offer, archive }: Removal): Promise<void> {
  if (archive === undefined) {
    await remote.remove(aside);
    return;
  }
  await remote.makeFolder(archive);
  const path = posix.join(archive, offer.name);
  const isFree = (await remote.stat(path)) === undefined;
  await remote.rename(aside, isFree ? path : `${path}.${(offer.sha256 ?? "again").slice(0, 12)}`);
}
