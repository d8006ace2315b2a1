import { createHash, timingSafeEqual } from "node:crypto";
import type { Client, ConnectConfig, FileEntryWithStats, SFTPWrapper, Stats } from "ssh2";
import type { RemoteAddress } from "./address.ts";
import {
  type Remote,
  type RemoteEntry,
  RemoteFailure,
  type RemoteState,
  reasonOf,
  unless,
} from "./remote.ts";
import type { RemoteOptions } from "./settings.ts";
import { type Ask, readAhead, type Tell, writeBehind } from "./sftp-transfer.ts";

const CONNECT_MS = 10_000;
/** A connection that says nothing for three of these is dead. */
const KEEPALIVE_MS = 4_000;
/** SSH_FX_*: draft-ietf-secsh-filexfer-02, section 7. */
const STATUS = { absent: 2, denied: 3 } as const;
/** File types in `attrs.mode`, as in POSIX. */
const TYPE = { mask: 0o170000, file: 0o100000, folder: 0o040000 } as const;

/** @throws RemoteFailure */
export async function connectSftp(address: RemoteAddress, options: RemoteOptions): Promise<Remote> {
  const { Client } = (await import("ssh2")).default;
  const client = new Client();
  const waiting = new Set<() => void>();
  let isOpen = true;
  client.on("close", () => {
    isOpen = false;
    for (const stop of waiting) stop();
  });
  const ask: Ask = (request) =>
    new Promise((resolve, reject) => {
      const stop = (): void => reject(new RemoteFailure("away", "the connection ended"));
      if (!isOpen) return stop();
      waiting.add(stop);
      try {
        request((error, value) => {
          waiting.delete(stop);
          if (error) reject(failureOf(error));
          else resolve(value);
        });
      } catch (error) {
        // The server does not know this request.
        waiting.delete(stop);
        reject(error);
      }
    });
  try {
    await greet(client, address, options, ask);
    const sftp = await ask<SFTPWrapper>((done) => client.sftp(done));
    return overSftp({ sftp, client, ask, isOpen: () => isOpen });
  } catch (error) {
    client.end();
    throw error;
  }
}

/** Proves the server to us by its host key, then us to the server. */
async function greet(
  client: Client,
  address: RemoteAddress,
  options: RemoteOptions,
  ask: Ask,
): Promise<void> {
  const { password, key, passphrase, fingerprints = [] } = options;
  let offered: string | null = null;
  const config: ConnectConfig = {
    host: address.host,
    port: address.port,
    username: address.user,
    readyTimeout: CONNECT_MS,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: 3,
    tryKeyboard: password !== undefined,
    ...(password === undefined ? {} : { password }),
    ...(key === undefined ? {} : { privateKey: key }),
    ...(passphrase === undefined ? {} : { passphrase }),
    hostVerifier: (hostKey: Buffer): boolean => {
      const fingerprint = `SHA256:${createHash("sha256").update(hostKey).digest("base64").replace(/=$/, "")}`;
      const isKnown = fingerprints.some((one) => isSame(one.replace(/=$/, ""), fingerprint));
      if (!isKnown) offered = fingerprint;
      return isKnown;
    },
  };
  // Servers that take no password as such ask for it in a dialogue.
  client.on("keyboard-interactive", (_name, _instructions, _language, prompts, finish) =>
    finish(prompts.map(() => password ?? "")),
  );
  await ask<null>((done) => {
    client.on("ready", () => done(null, null));
    client.on("error", (error) => done(connectFailure(error, offered), null));
    try {
      client.connect(config);
    } catch (error) {
      const message = "the private key cannot be read, or its passphrase is wrong";
      done(new RemoteFailure("access", message, error), null);
    }
  });
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

function connectFailure(error: Error & { readonly level?: string }, offered: string | null): RemoteFailure {
  if (offered !== null) {
    const message = `the server's host key is ${offered}, which \`fingerprints\` does not name`;
    return new RemoteFailure("access", message, error);
  }
  if (error.level === "client-authentication")
    return new RemoteFailure("access", "the server refused the user, password or key", error);
  return new RemoteFailure("away", `the server does not answer${reasonOf(error)}`, error);
}

function failureOf(error: Error & { readonly code?: unknown }): RemoteFailure {
  if (error instanceof RemoteFailure) return error;
  if (error.code === STATUS.absent)
    return new RemoteFailure("absent", "there is no such file or folder", error);
  if (error.code === STATUS.denied) return new RemoteFailure("denied", "the server refuses it", error);
  if (typeof error.code !== "number") return new RemoteFailure("away", "the connection ended", error);
  // OpenSSH says no more of a full disk, a quota or a read-only file system.
  return new RemoteFailure("failed", `the server could not do it (${error.code})`, error);
}

interface Line {
  readonly sftp: SFTPWrapper;
  readonly client: Client;
  readonly ask: Ask;
  readonly isOpen: () => boolean;
}

function overSftp({ sftp, client, ask, isOpen }: Line): Remote {
  const tell: Tell = (request) =>
    ask<null>((done) => request((error) => done(error, null))).then(() => undefined);
  const remove = (path: string): Promise<void> =>
    tell((done) => sftp.unlink(path, done)).catch((error: unknown) => unless("absent", error));
  const isFolder = async (path: string): Promise<boolean> => {
    const { mode } = await ask<Stats>((done) => sftp.stat(path, done));
    return (mode & TYPE.mask) === TYPE.folder;
  };
  return {
    get open() {
      return isOpen();
    },
    async list(folder) {
      const found = await ask<readonly FileEntryWithStats[]>((done) => sftp.readdir(folder, done));
      return found.map(({ filename, attrs }) => entryOf(filename, attrs));
    },
    async stat(path) {
      const found = await ask<Stats>((done) => sftp.lstat(path, done)).catch((error: unknown) =>
        unless("absent", error),
      );
      return found !== undefined && (found.mode & TYPE.mask) === TYPE.file ? stateOf(found) : undefined;
    },
    read: (path, from) => readAhead({ sftp, ask, tell }, path, from),
    write: (path, content) => writeBehind({ sftp, ask, tell }, path, content),
    async rename(from, to) {
      try {
        await tell((done) => sftp.ext_openssh_rename(from, to, done));
      } catch (error) {
        if (error instanceof RemoteFailure) throw error;
        // Version 3 of the protocol has no rename that replaces.
        await remove(to);
        await tell((done) => sftp.rename(from, to, done));
      }
    },
    remove,
    async makeFolder(path) {
      try {
        await tell((done) => sftp.mkdir(path, done));
      } catch (error) {
        // One that is there is refused in words of each server's own.
        if (!(await isFolder(path).catch(() => false))) throw error;
      }
    },
    close: () => void client.end(),
  };
}

interface Attributes {
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  readonly mode: number;
}

function stateOf({ size, mtime }: Attributes): RemoteState {
  return { size, modified: mtime * 1_000, stamp: String(mtime) };
}

function entryOf(name: string, attributes: Attributes): RemoteEntry {
  const type = attributes.mode & TYPE.mask;
  const kind = type === TYPE.file ? "file" : type === TYPE.folder ? "folder" : "other";
  return { name, kind, ...stateOf(attributes) };
}
