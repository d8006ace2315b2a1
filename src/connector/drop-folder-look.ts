import { readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { HubError } from "../errors.ts";
import type { FileOffer } from "./contract.ts";
import { type FileState, fileState, readClaim, sameFile } from "./drop-folder-claim.ts";
import { refusal } from "./drop-folder-error.ts";
import { isSafeName, isTemporaryName, printableName } from "./drop-folder-name.ts";
import { syncFolder } from "./durable-file.ts";

/** Another hub's claim is reported, not broken, when it is older than this. */
const CLAIM_REPORTED_AFTER_MS = 3_600_000;

export interface Drop {
  readonly inbox: string;
  readonly rejects: string;
  readonly owner: string;
  readonly matches: (name: string) => boolean;
  readonly marker: ((name: string) => string) | undefined;
  /** Files in work in this process; they are passed over. */
  readonly held: ReadonlySet<string>;
  now(): number;
}

/** What one look into the inbox sees. */
export interface Look {
  /** Files that no other hub has claimed and, where a marker is asked for, that have it. */
  readonly files: ReadonlyMap<string, FileState>;
  readonly refused: readonly HubError[];
}

/** Looks once. */
export async function look(drop: Drop): Promise<Look> {
  const files = new Map<string, FileState>();
  const refused: HubError[] = [];
  for (const entry of await readdir(drop.inbox, { withFileTypes: true })) {
    const { name } = entry;
    if (isTemporaryName(name) || !drop.matches(name) || isOwnFolder(drop, name)) continue;
    const reason = reasonToRefuse(name, entry.isFile());
    if (reason !== undefined) {
      refused.push(refusal(name, reason));
    } else if (!drop.held.has(name)) {
      const state = await completeFile(drop, name, refused);
      if (state !== undefined) files.set(name, state);
    }
  }
  return { files, refused };
}

function isOwnFolder(drop: Drop, name: string): boolean {
  return dirname(drop.rejects) === drop.inbox && basename(drop.rejects) === name;
}

function reasonToRefuse(name: string, isFile: boolean): string | undefined {
  if (!isSafeName(name)) return "the name has characters that the hub does not take";
  return isFile ? undefined : "it is not a regular file but a link, a folder or a device";
}

/** The file's state, if it is complete and no other hub's. */
async function completeFile(drop: Drop, name: string, refused: HubError[]): Promise<FileState | undefined> {
  const state = await fileState(join(drop.inbox, name));
  if (state === undefined) return undefined;
  const claim = await readClaim(drop.inbox, name);
  if (claim !== undefined && claim.owner !== drop.owner) {
    if (drop.now() - claim.since > CLAIM_REPORTED_AFTER_MS) refused.push(oldClaim(name));
    return undefined;
  }
  // Our own claim from before a crash: it was complete then, and its marker may be gone already.
  if (claim !== undefined && sameFile(claim, state)) return state;
  return (await isMarked(drop, name)) ? state : undefined;
}

async function isMarked(drop: Drop, name: string): Promise<boolean> {
  const marker = drop.marker?.(name);
  if (marker === undefined) return true;
  // With `{stem}.ok` a marker would be its own marker.
  return marker !== name && (await fileState(join(drop.inbox, marker))) !== undefined;
}

function oldClaim(name: string): HubError {
  return new HubError("TL_FILE_BUSY", "another hub has claimed it for more than an hour", {
    place: { file: printableName(name) },
    cure: "If that hub is gone for good, remove the file's `.claim` and `.data` in the inbox's folder .tieline.",
  });
}

/** Removes a marker; with `rewritten`, only one that is older than the file as it was written anew. */
export async function removeMarker(
  inbox: string,
  name: string,
  rewritten: FileState | undefined,
): Promise<void> {
  const state = await fileState(join(inbox, name));
  if (state === undefined) return;
  if (rewritten !== undefined && BigInt(state.modified) >= BigInt(rewritten.modified)) return;
  await rm(join(inbox, name), { force: true });
  await syncFolder(inbox);
}

/** Files as offers, in the order they are to be processed; files of one moment by name. */
export function inOrder(files: ReadonlyMap<string, FileState>, order: "name" | "mtime"): FileOffer[] {
  const byName = [...files].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  if (order === "mtime") {
    byName.sort(([, a], [, b]) => Number(BigInt(a.modified) - BigInt(b.modified)));
  }
  return byName.map(([name, state]) => ({ name, size: state.size, modified: milliseconds(state) }));
}

function milliseconds(state: FileState): number {
  return Number(BigInt(state.modified) / 1_000_000n);
}

/** Whether a file is still what its offer says. */
export function isOffered(state: FileState, offer: FileOffer): boolean {
  return state.size === offer.size && milliseconds(state) === Math.floor(offer.modified);
}
