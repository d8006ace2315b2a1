import { randomUUID } from "node:crypto";
import { join, resolve, sep } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { HubError } from "../errors.ts";
import type { FileSource, SystemContext } from "./contract.ts";
import { archiveClaimed } from "./drop-folder-archive.ts";
import {
  clearLeftovers,
  dropClaim,
  dropOwnClaim,
  fileState,
  finishRemoval,
  readClaim,
  removeFromInbox,
  sameFile,
  sameInode,
  takeClaim,
} from "./drop-folder-claim.ts";
import { busy, reading, requireSafe, requireSafeReject } from "./drop-folder-error.ts";
import { type Drop, inOrder, isOffered, look, removeMarker } from "./drop-folder-look.ts";
import { markerName, namePattern } from "./drop-folder-name.ts";
import { makeFolder, writeDurably } from "./durable-file.ts";

const STABLE_MS = 2_000;

export interface DropFolderOptions {
  /** Folder in which the other system drops files; the hub must be allowed to write there. */
  readonly inbox: string;
  /** File names this source takes; `*` any characters, `?` one. */
  readonly pattern: string;
  /** Marker that says a file is complete: `*.ok` for KUNDEN.csv.ok, `{stem}.ok` for KUNDEN.ok. */
  readonly done?: string;
  /** Milliseconds a file must rest unchanged before it is taken; default 2000, with a marker 0. */
  readonly stable?: number;
  /** Order in which files are processed; default `name` (by character code). */
  readonly order?: "name" | "mtime";
  /** Folder for files of rejected rows; default `<inbox>/rejected`. */
  readonly rejects?: string;
}

/**
 * A folder into which another system drops files. It promises:
 *
 * - only complete files are offered: their marker is there, or they rested for `stable` ms between two looks, so
 *   `list` takes that long when there is something new;
 * - only plain files with harmless names are touched; others stay, named by `refusals`;
 * - of several hubs on one folder one gets a file; a claim of this hub that a crash left is offered again;
 * - `settle` deletes exactly the file that was claimed. A file that was replaced or written to since then stays and is
 *   offered as a new one.
 *
 * The inbox must be on a file system with hard links (not on FAT).
 */
export function dropFolder(options: DropFolderOptions, context: SystemContext): FileSource {
  const inbox = resolve(context.dir ?? ".", options.inbox);
  const rejects = resolve(context.dir ?? ".", options.rejects ?? join(inbox, "rejected"));
  const ours = context.data !== undefined && inbox.startsWith(`${context.data}${sep}`);
  if (rejects === inbox) {
    throw new HubError(
      "TL_CONFIG_INVALID",
      "`rejects` is the inbox itself; the hub would read its own reject files",
    );
  }
  const marker = options.done === undefined ? undefined : markerName(options.done);
  const stable = options.stable ?? (marker === undefined ? STABLE_MS : 0);
  const owner = `${context.hub ?? `unnamed-${randomUUID()}`}:${context.system}`;
  const order = options.order ?? "name";
  /** Claimed by this process and neither settled nor released. */
  const held = new Set<string>();
  const drop: Drop = {
    inbox,
    rejects,
    owner,
    matches: namePattern(options.pattern),
    marker,
    held,
    now: context.now,
  };
  let refused: readonly HubError[] = [];

  return {
    kind: "files",

    list: () =>
      reading(inbox, async () => {
        // An inbox elsewhere that is missing is a mistake, perhaps a share that is not mounted; one of ours is just new.
        if (ours) await makeFolder(inbox);
        await clearLeftovers(inbox, owner, held, drop.matches);
        const first = await look(drop);
        if (first.files.size === 0 || stable <= 0) {
          refused = first.refused;
          return inOrder(first.files, order);
        }
        await pause(stable);
        const second = await look(drop);
        refused = second.refused;
        const rested = [...second.files].filter(([name, state]) => {
          const before = first.files.get(name);
          return before !== undefined && sameFile(before, state);
        });
        return inOrder(new Map(rested), order);
      }),

    refusals: () => refused,

    claim: (offer, archive) =>
      reading(inbox, async () => {
        requireSafe(offer.name);
        if (held.has(offer.name)) throw busy(offer.name, "this hub is working on it");
        held.add(offer.name);
        try {
          const state = await fileState(join(inbox, offer.name));
          if (state === undefined) throw busy(offer.name, "it is no longer in the inbox");
          if (!isOffered(state, offer)) throw busy(offer.name, "it changed after it was listed");
          const taken = await takeClaim(inbox, offer.name, { owner, since: context.now(), ...state });
          if (!taken) throw busy(offer.name, "another hub has claimed it");
          return await archiveClaimed(inbox, offer.name, state, archive);
        } catch (error) {
          held.delete(offer.name);
          await dropOwnClaim(inbox, offer.name, owner);
          throw error;
        }
      }),

    settle: (offer) =>
      reading(inbox, async () => {
        requireSafe(offer.name);
        held.delete(offer.name);
        const claim = await readClaim(inbox, offer.name);
        if (claim === undefined || claim.owner !== owner) return;
        await finishRemoval(inbox, offer.name, claim);
        const present = await fileState(join(inbox, offer.name));
        if (marker !== undefined && present !== undefined && sameInode(present, claim)) {
          // The marker goes before the file: the other way round, a crash between the two would leave it to pass a
          // half-written successor off as complete.
          await removeMarker(inbox, marker(offer.name), sameFile(present, claim) ? undefined : present);
        }
        await removeFromInbox(inbox, offer.name, claim);
        await dropClaim(inbox, offer.name);
      }),

    release: (offer) =>
      reading(inbox, async () => {
        requireSafe(offer.name);
        held.delete(offer.name);
        await dropOwnClaim(inbox, offer.name, owner);
      }),

    reject: (name, content) =>
      reading(rejects, async () => {
        requireSafeReject(name);
        await writeDurably(join(rejects, name), content);
      }),

    deposit: async (name, content) => {
      requireSafe(name);
      await writeDurably(join(inbox, name), content);
      if (marker !== undefined) await writeDurably(join(inbox, marker(name)), Readable.from([]));
    },
  };
}
