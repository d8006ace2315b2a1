import { createHash, randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { posix } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { HubError } from "../../errors.ts";
import type { FileSource, SystemContext } from "../contract.ts";
import { busy, reading, requireSafe, requireSafeReject } from "../drop-folder-error.ts";
import { markerName, namePattern } from "../drop-folder-name.ts";
import { receiveDurably } from "../durable-file.ts";
import { claimPath, makeClaimFolder, takeRemoteClaim } from "./claim.ts";
import { sourceFailure } from "./failure.ts";
import { fetchBytes } from "./fetch.ts";
import { isSame, isStillOffered, lookRemotely, offersOf, type RemoteDrop, type RemoteLook } from "./look.ts";
import { type Remote, RemoteFailure } from "./remote.ts";
import { removeRemotely } from "./remove.ts";
import type { RemoteServer } from "./server.ts";
import type { RemoteFolderOptions } from "./settings.ts";
import { writeRemotely } from "./write.ts";

/** Servers tell times in whole seconds; what rests for longer cannot change within one. */
const EXACT_MS = 2_000;
const EVERY_MS = 10_000;

export interface RemoteFolder extends FileSource {
  /** Tests that the folder is there, and may be read and written. @throws HubError TL_SOURCE_* */
  check(): Promise<void>;
}

/**
 * A folder on a server into which another system puts files. It promises what a drop folder does (`dropFolder`), as far
 * as the protocol lets it: there are no inodes, and times are told in seconds at best. So a file is known by its size and
 * time after it has rested, and where that does not tell, by its hash: then it is read again before it is taken away.
 */
export function remoteFolder(
  server: RemoteServer,
  options: RemoteFolderOptions,
  context: SystemContext,
): RemoteFolder {
  const { folder, stable = EXACT_MS, order = "name" } = options;
  const rejects = options.rejects ?? posix.join(folder, "rejected");
  const marker = options.done === undefined ? undefined : markerName(options.done);
  const owner = createHash("sha256")
    .update(`${context.hub ?? randomUUID()}:${context.system}`)
    .digest("hex")
    .slice(0, 16);
  /** Claimed by this process and neither settled nor released. */
  const held = new Set<string>();
  const drop: RemoteDrop = {
    ...{ folder, owner, marker, held, now: context.now },
    own: [rejects, ...(options.archive === undefined ? [] : [options.archive])],
    matches: namePattern(options.pattern),
  };
  const stopping = new AbortController();
  let refused: readonly HubError[] = [];

  async function asked<T>(work: (remote: Remote) => Promise<T>): Promise<T> {
    try {
      return await server.use(work, stopping.signal);
    } catch (error) {
      throw sourceFailure(error, folder);
    }
  }

  const look = (): Promise<RemoteLook> => asked((remote) => lookRemotely(remote, drop));

  async function fetch(name: string, size: number, archive: string): ReturnType<typeof receiveDurably> {
    try {
      const content = fetchBytes(server, posix.join(folder, name), size, stopping.signal);
      return await reading(archive, () => receiveDurably(content, archive));
    } catch (error) {
      throw sourceFailure(error, folder);
    }
  }

  const giveUp = (name: string): Promise<void> =>
    asked((remote) => remote.remove(claimPath(folder, name, owner)));

  return {
    kind: "files",
    every: options.every ?? EVERY_MS,

    async list() {
      const first = await look();
      refused = first.refused;
      if (first.files.size === 0 || stable === 0) return offersOf(first.files, order);
      await pause(stable, null, { signal: stopping.signal }).catch(() => undefined);
      const second = await look();
      refused = second.refused;
      const rested = [...second.files].filter(([name, state]) => {
        const before = first.files.get(name);
        return before !== undefined && isSame(before, state);
      });
      return offersOf(new Map(rested), order);
    },

    stop: () => stopping.abort(new RemoteFailure("away", "the hub is stopping")),

    refusals: () => refused,

    async claim(offer, archive) {
      const { name } = offer;
      requireSafe(name);
      if (held.has(name)) throw busy(name, "this hub is working on it");
      held.add(name);
      const path = posix.join(folder, name);
      try {
        const before = await asked(async (remote) => {
          if (!(await takeRemoteClaim(remote, folder, name, owner)))
            throw busy(name, "another hub has claimed it");
          return remote.stat(path);
        });
        if (before === undefined) throw busy(name, "it is no longer there");
        if (!isStillOffered(before, offer)) throw busy(name, "it changed after it was listed");
        const { size, sha256 } = await fetch(name, before.size, archive);
        const after = await asked((remote) => remote.stat(path));
        if (after === undefined || !isSame(before, after) || size !== before.size) {
          await rm(archive, { force: true });
          throw busy(name, "it changed while it was read");
        }
        return { name, size, sha256 };
      } catch (error) {
        held.delete(name);
        // Where that fails it stays as our own claim, which is none in our way.
        await giveUp(name).catch(() => undefined);
        throw error;
      }
    },

    async settle(offer) {
      const { name } = offer;
      requireSafe(name);
      held.delete(name);
      await asked(async (remote) => {
        await removeRemotely(remote, {
          ...{ folder, offer, archive: options.archive, exact: stable >= EXACT_MS },
          marker: marker?.(name),
        });
        await remote.remove(claimPath(folder, name, owner));
      });
    },

    async release({ name }) {
      requireSafe(name);
      held.delete(name);
      await giveUp(name).catch(() => undefined);
    },

    async reject(name, content) {
      requireSafeReject(name);
      await asked(async (remote) => {
        await remote.makeFolder(rejects);
        await writeRemotely(remote, rejects, name, content);
      });
    },

    async deposit(name, content) {
      requireSafe(name);
      await asked(async (remote) => {
        await writeRemotely(remote, folder, name, content);
        if (marker !== undefined) await writeRemotely(remote, folder, marker(name), someByte());
      });
    },

    check: () =>
      asked(async (remote) => {
        await remote.list(folder);
        await makeClaimFolder(remote, folder);
      }),
  };
}

async function* someByte(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("\n");
}
