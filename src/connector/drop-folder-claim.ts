import { createHash } from "node:crypto";
import { link, lstat, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder } from "./durable-file.ts";

/**
 * Who holds which file of a drop folder. The claims lie in `.tieline` inside the inbox, so that they are on the same
 * file system and two hubs see the same ones. For a file `A.csv`:
 *
 * - `A.csv.claim`  a record with its owner, put there by `link()`: it appears whole, and only one hub succeeds
 * - `A.csv.data`   a hard link to the file: it pins the inode, so that a file written later cannot pass for this one
 * - `A.csv.gone`   the inbox name on its way out, for as long as a settle takes
 */
const CLAIM_FOLDER = ".tieline";

/** What makes a file the same file: which one it is, and that nobody wrote to it. */
export interface FileState {
  readonly device: string;
  readonly inode: string;
  readonly size: number;
  /** Nanoseconds since 1970, as text: a double does not hold them. */
  readonly modified: string;
}

export interface Claim extends FileState {
  readonly owner: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** The state of a regular file; undefined when there is none under this name, or it is a link or a folder. */
export async function fileState(path: string): Promise<FileState | undefined> {
  const stat = await lstat(path, { bigint: true }).catch(absent);
  if (stat === undefined || !stat.isFile()) return undefined;
  return {
    device: String(stat.dev),
    inode: String(stat.ino),
    size: Number(stat.size),
    modified: String(stat.mtimeNs),
  };
}

/** Whether both are one file in which nothing changed. */
export function sameFile(a: FileState, b: FileState): boolean {
  return sameInode(a, b) && a.size === b.size && a.modified === b.modified;
}

export function sameInode(a: FileState, b: FileState): boolean {
  return a.device === b.device && a.inode === b.inode;
}

export function dataPath(inbox: string, name: string): string {
  return join(inbox, CLAIM_FOLDER, `${name}.data`);
}

export function claimPath(inbox: string, name: string): string {
  return join(inbox, CLAIM_FOLDER, `${name}.claim`);
}

/** The claim on a file, or undefined when nobody has it. An unreadable record counts as somebody's. */
export async function readClaim(inbox: string, name: string): Promise<Claim | undefined> {
  const text = await readFile(claimPath(inbox, name), "utf8").catch(absent);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Claim;
  } catch {
    return { owner: "unreadable", since: 0, device: "", inode: "", size: 0, modified: "" };
  }
}

/** Takes the claim, or renews one's own. False: another owner has it. */
export async function takeClaim(inbox: string, name: string, claim: Claim): Promise<boolean> {
  await openClaimFolder(inbox);
  // Named after the owner, so that two hubs do not write the same temporary file.
  const tag = createHash("sha256").update(claim.owner).digest("hex").slice(0, 16);
  const temporary = join(inbox, CLAIM_FOLDER, `.${name}.${tag}.tmp`);
  await rm(temporary, { force: true });
  const handle = await open(temporary, "wx");
  try {
    await handle.writeFile(JSON.stringify(claim));
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(temporary, claimPath(inbox, name));
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    if ((await readClaim(inbox, name))?.owner !== claim.owner) return false;
    await rename(temporary, claimPath(inbox, name));
  } finally {
    await rm(temporary, { force: true });
  }
  return pin(inbox, name);
}

/** False: the file is no longer there; another hub has settled it meanwhile. */
async function pin(inbox: string, name: string): Promise<boolean> {
  const data = dataPath(inbox, name);
  try {
    await rm(data, { force: true });
    await link(join(inbox, name), data);
    return true;
  } catch (error) {
    await dropClaim(inbox, name);
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

async function openClaimFolder(inbox: string): Promise<void> {
  const folder = join(inbox, CLAIM_FOLDER);
  await mkdir(folder).catch((error: unknown) => {
    if (codeOf(error) !== "EEXIST") throw error;
  });
  // A sender that may write to the inbox could put a symbolic link here and have us write elsewhere.
  if (!(await lstat(folder)).isDirectory()) {
    throw Object.assign(new Error("the claim folder is not a folder"), { code: "ENOTDIR" });
  }
}

/** Gives the claim up; the data first, so that nobody else's data is ever removed. */
export async function dropClaim(inbox: string, name: string): Promise<void> {
  await rm(dataPath(inbox, name), { force: true });
  await rm(claimPath(inbox, name), { force: true });
}

/** Gives the claim up if it is this owner's. */
export async function dropOwnClaim(inbox: string, name: string, owner: string): Promise<void> {
  if ((await readClaim(inbox, name))?.owner === owner) await dropClaim(inbox, name);
}

/**
 * Takes the inbox name away if it is still the claimed file, unchanged; else leaves what is there.
 * Moved aside first and judged there: between a look and an `unlink` the sender could have put a new file.
 */
export async function removeFromInbox(inbox: string, name: string, claim: FileState): Promise<boolean> {
  const seen = await fileState(join(inbox, name));
  if (seen === undefined || !sameFile(seen, claim)) return false;
  const aside = join(inbox, CLAIM_FOLDER, `${name}.gone`);
  await rename(join(inbox, name), aside);
  const removed = await finishRemoval(inbox, name, claim);
  await syncFolder(inbox);
  return removed;
}

/** The second half of a removal, also one that a crash cut in two: deletes the claimed file, puts any other back. */
export async function finishRemoval(inbox: string, name: string, claim: FileState): Promise<boolean> {
  const aside = join(inbox, CLAIM_FOLDER, `${name}.gone`);
  const moved = await fileState(aside);
  if (moved === undefined) return false;
  const ours = sameFile(moved, claim);
  if (!ours) {
    // EEXIST: the sender has written a still newer one over it, as it would have without us.
    await link(aside, join(inbox, name)).catch((error: unknown) => {
      if (codeOf(error) !== "EEXIST") throw error;
    });
  }
  await rm(aside, { force: true });
  return ours;
}

/** Ends what a crash cut short: a removal half done, and claims on files that are no longer there. */
export async function clearLeftovers(
  inbox: string,
  owner: string,
  held: ReadonlySet<string>,
  matches: (name: string) => boolean,
): Promise<void> {
  const names = await readdir(join(inbox, CLAIM_FOLDER)).catch(() => []);
  for (const entry of names) {
    const name = entry.endsWith(".claim") ? entry.slice(0, -".claim".length) : undefined;
    if (name === undefined || held.has(name) || !matches(name)) continue;
    const claim = await readClaim(inbox, name);
    if (claim?.owner !== owner) continue;
    await finishRemoval(inbox, name, claim);
    const present = await fileState(join(inbox, name));
    if (present === undefined || !sameInode(present, claim)) await dropClaim(inbox, name);
  }
}

export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function absent(error: unknown): undefined {
  if (codeOf(error) === "ENOENT") return undefined;
  throw error;
}
