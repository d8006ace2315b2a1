import { posix } from "node:path";
import { HubError } from "../../errors.ts";
import type { FileOffer } from "../contract.ts";
import { refusal } from "../drop-folder-error.ts";
import { isSafeName, isTemporaryName, printableName } from "../drop-folder-name.ts";
import { claimPath, readClaims } from "./claim.ts";
import type { Remote, RemoteEntry, RemoteState } from "./remote.ts";

/** Another hub's claim is reported, not broken, when it is older than this. */
const CLAIM_REPORTED_AFTER_MS = 3_600_000;

export interface RemoteDrop {
  readonly folder: string;
  /** Folders of ours that may lie in it. */
  readonly own: readonly string[];
  readonly owner: string;
  readonly matches: (name: string) => boolean;
  readonly marker: ((name: string) => string) | undefined;
  /** Files in work in this process; they are passed over. */
  readonly held: ReadonlySet<string>;
  now(): number;
}

/** What one look into the folder sees. */
export interface RemoteLook {
  readonly files: ReadonlyMap<string, RemoteState>;
  readonly refused: readonly HubError[];
}

/** Looks once, and removes claims of ours on files that are gone. */
export async function lookRemotely(remote: Remote, drop: RemoteDrop): Promise<RemoteLook> {
  const entries = await remote.list(drop.folder);
  const names = new Set(entries.filter(({ kind }) => kind === "file").map(({ name }) => name));
  const taken = await othersClaims(remote, drop, names);
  const files = new Map<string, RemoteState>();
  const refused: HubError[] = [];
  for (const entry of entries) {
    const { name } = entry;
    if (isTemporaryName(name) || !drop.matches(name)) continue;
    if (drop.own.includes(posix.join(drop.folder, name))) continue;
    const reason = reasonToRefuse(entry);
    const marker = drop.marker?.(name);
    const claimed = taken.get(name);
    if (reason !== undefined) refused.push(refusal(name, reason));
    else if (claimed !== undefined) refused.push(...oldClaim(name, claimed.since, drop.now()));
    else if (!drop.held.has(name) && isMarked(name, marker, names)) {
      const state = entry.modified === null ? await remote.stat(posix.join(drop.folder, name)) : entry;
      if (state !== undefined) files.set(name, state);
    }
  }
  return { files, refused };
}

function reasonToRefuse({ name, kind }: RemoteEntry): string | undefined {
  if (!isSafeName(name)) return "the name has characters that the hub does not take";
  return kind === "file" ? undefined : "it is not a regular file but a link, a folder or a device";
}

/** With `{stem}.ok` a marker would be its own marker. */
function isMarked(name: string, marker: string | undefined, names: ReadonlySet<string>): boolean {
  return marker === undefined || (marker !== name && names.has(marker));
}

async function othersClaims(
  remote: Remote,
  { folder, owner, held, matches }: RemoteDrop,
  names: ReadonlySet<string>,
): Promise<ReadonlyMap<string, { readonly since: number | null }>> {
  const others = new Map<string, { readonly since: number | null }>();
  for (const claim of await readClaims(remote, folder)) {
    if (claim.owner !== owner) others.set(claim.name, claim);
    else if (!names.has(claim.name) && !held.has(claim.name) && matches(claim.name))
      await remote.remove(claimPath(folder, claim.name, owner));
  }
  return others;
}

function oldClaim(name: string, since: number | null, now: number): readonly HubError[] {
  if (since === null || now - since < CLAIM_REPORTED_AFTER_MS) return [];
  return [
    new HubError("TL_FILE_BUSY", "another hub has claimed it for more than an hour", {
      place: { file: printableName(name) },
      cure: "If that hub is gone for good, remove the file's `.claim` in the folder .tieline beside it.",
    }),
  ];
}

/** Whether nothing happened to a file, as far as the server tells. */
export function isSame(a: RemoteState, b: RemoteState): boolean {
  return a.size === b.size && a.stamp === b.stamp;
}

/** Whether a file is still what its offer says; a time that is not known tells nothing. */
export function isStillOffered(state: RemoteState, offer: FileOffer): boolean {
  return state.size === offer.size && (state.modified ?? offer.modified) === offer.modified;
}

/** Files as offers, in the order they are to be processed; files of one moment by name. */
export function offersOf(files: ReadonlyMap<string, RemoteState>, order: "name" | "mtime"): FileOffer[] {
  const offers = [...files]
    .map(([name, { size, modified }]) => ({ name, size, modified: modified ?? 0 }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return order === "mtime" ? offers.sort((a, b) => a.modified - b.modified) : offers;
}
