import type { RemoteAddress } from "./address.ts";
import { remoteAddress } from "./address.ts";
import { connectFtp } from "./ftp.ts";
import { type Remote, RemoteFailure } from "./remote.ts";
import type { RemoteOptions } from "./settings.ts";
import { connectSftp } from "./sftp.ts";

/** A connection that nobody needs is kept for so long; milliseconds. */
const IDLE_MS = 20_000;

/** One server that holds files; connections to it are made when they are used, and kept for a while. */
export interface RemoteServer {
  /**
   * Lends a connection for some work, alone.
   * @param signal ends the connection, and with it the work
   * @throws RemoteFailure
   */
  use<T>(work: (remote: Remote) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** The bytes of a file from a place on. */
  read(path: string, from: number, signal: AbortSignal): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/**
 * @param dir the project folder
 * @throws HubError TL_CONFIG_INVALID
 */
export function remoteServer(options: RemoteOptions, dir: string): RemoteServer {
  const address = remoteAddress(options);
  const all = new Set<Remote>();
  const idle = new Map<Remote, NodeJS.Timeout>();
  let isClosed = false;

  async function lend(): Promise<Remote> {
    for (const [remote, timer] of idle) {
      clearTimeout(timer);
      idle.delete(remote);
      if (remote.open) return remote;
      all.delete(remote);
    }
    if (isClosed) throw new RemoteFailure("away", "the hub is stopping");
    const remote = await connect(address, options, dir);
    all.add(remote);
    return remote;
  }

  function giveBack(remote: Remote): void {
    if (!remote.open || isClosed) {
      drop(remote);
      return;
    }
    const timer = setTimeout(() => drop(remote), IDLE_MS);
    timer.unref();
    idle.set(remote, timer);
  }

  function drop(remote: Remote): void {
    idle.delete(remote);
    all.delete(remote);
    remote.close();
  }

  return {
    async use(work, signal) {
      const remote = await lend();
      const stop = (): void => remote.close();
      signal?.addEventListener("abort", stop, { once: true });
      try {
        signal?.throwIfAborted();
        return await work(remote);
      } catch (error) {
        // What it was doing when it failed is not known; the next begins anew.
        if (error instanceof RemoteFailure && error.fault === "away") drop(remote);
        throw error;
      } finally {
        signal?.removeEventListener("abort", stop);
        if (all.has(remote)) giveBack(remote);
      }
    },
    async *read(path, from, signal) {
      signal.throwIfAborted();
      const remote = await lend();
      const stop = (): void => remote.close();
      signal.addEventListener("abort", stop, { once: true });
      try {
        yield* remote.read(path, from);
      } finally {
        signal.removeEventListener("abort", stop);
        giveBack(remote);
      }
    },
    async close() {
      isClosed = true;
      for (const timer of idle.values()) clearTimeout(timer);
      idle.clear();
      for (const remote of all) drop(remote);
    },
  };
}

function connect(address: RemoteAddress, options: RemoteOptions, dir: string): Promise<Remote> {
  return address.protocol === "sftp" ? connectSftp(address, options) : connectFtp(address, options, dir);
}
