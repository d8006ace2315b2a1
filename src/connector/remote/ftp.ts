import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { posix, resolve } from "node:path";
import { PassThrough, Readable } from "node:stream";
import type { AccessOptions, Client, FileInfo } from "basic-ftp";
import type { RemoteAddress } from "./address.ts";
import { ftpFailure } from "./ftp-failure.ts";
import { type Remote, type RemoteEntry, type RemoteState, unless } from "./remote.ts";
import type { RemoteOptions } from "./settings.ts";

/** A server that says nothing for so long is taken for dead. Milliseconds. */
const SILENT_MS = 10_000;
const BUFFER = 256 * 1024;

/**
 * @param dir the project folder
 * @throws RemoteFailure
 */
export async function connectFtp(
  address: RemoteAddress,
  options: RemoteOptions,
  dir: string,
): Promise<Remote> {
  const { Client } = (await import("basic-ftp")).default;
  const client = new Client(SILENT_MS);
  const ca = options.authority === undefined ? undefined : await readFile(resolve(dir, options.authority));
  const secure: AccessOptions["secure"] = address.tls
    ? address.protocol === "ftps"
      ? "implicit"
      : true
    : false;
  try {
    await client.access({
      host: address.host,
      port: address.port,
      user: address.user,
      password: options.password ?? "",
      secure,
      secureOptions: {
        host: address.host,
        ...(isIP(address.host) === 0 ? { servername: address.host } : {}),
        rejectUnauthorized: true,
        ...(ca === undefined ? {} : { ca: [ca] }),
      },
    });
    const home = await client.pwd();
    return overFtp(client, home, new Set((await client.features()).keys()));
  } catch (error) {
    client.close();
    throw ftpFailure(error, "login");
  }
}

/** @param home paths that are not absolute begin here; the working folder changes with each listing */
function overFtp(client: Client, home: string, features: ReadonlySet<string>): Remote {
  const at = (path: string): string => posix.resolve("/", home, path);
  const run = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw ftpFailure(error);
    }
  };
  async function list(folder: string): Promise<readonly RemoteEntry[]> {
    return run(async () => {
      // Some servers list a folder that is not there as empty; none goes into it.
      await client.cd(at(folder));
      return (await client.list()).map(entryOf);
    });
  }
  async function stat(path: string): Promise<RemoteState | undefined> {
    if (!features.has("SIZE") || !features.has("MDTM")) {
      const entries = await list(posix.dirname(path));
      return entries.find(({ name, kind }) => name === posix.basename(path) && kind === "file");
    }
    return run(async (): Promise<RemoteState> => {
      const size = await client.size(at(path));
      const modified = (await client.lastMod(at(path))).getTime();
      return { size, modified, stamp: String(modified) };
    }).catch((error: unknown) => unless("absent", error));
  }
  return {
    get open() {
      return !client.closed;
    },
    list,
    stat,
    read: (path, from) => download(client, at(path), from),
    write: async (path, content) => {
      const stream = Readable.from(content, { objectMode: false, highWaterMark: BUFFER });
      await run(() => client.uploadFrom(stream, at(path)));
    },
    rename: async (from, to) => void (await run(() => client.rename(at(from), at(to)))),
    remove: async (path) => {
      await run(() => client.remove(at(path))).catch((error: unknown) => unless("absent", error));
    },
    async makeFolder(path) {
      try {
        await run(() => client.send(`MKD ${at(path)}`));
      } catch (error) {
        // One that is there is refused in words of each server's own.
        await run(() => client.cd(at(path))).catch(() => {
          throw error;
        });
      }
    },
    close: () => client.close(),
  };
}

/** Without MLSD the time is to the minute at best, and of no zone: it is only compared with itself. */
function entryOf({ name, isFile, isDirectory, size, modifiedAt, rawModifiedAt }: FileInfo): RemoteEntry {
  const kind = isFile ? "file" : isDirectory ? "folder" : "other";
  const modified = modifiedAt?.getTime() ?? null;
  return { name, kind, size, modified, stamp: modified === null ? rawModifiedAt : String(modified) };
}

async function* download(client: Client, path: string, from: number): AsyncGenerator<Uint8Array> {
  const pipe = new PassThrough({ highWaterMark: BUFFER });
  let isDone = false;
  const transfer = client.downloadTo(pipe, path, from).then(
    () => {
      isDone = true;
    },
    (error: unknown) => void pipe.destroy(ftpFailure(error)),
  );
  try {
    for await (const chunk of pipe) yield chunk as Uint8Array;
    await transfer;
  } finally {
    // Who stops in the middle leaves a connection that is busy with it.
    if (!isDone) client.close();
    pipe.destroy();
    await transfer;
  }
}
