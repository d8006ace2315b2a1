import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RemoteOptions } from "../../src/connector/remote/settings.ts";
import { signalSessions } from "./file-user.ts";

const env = (name: string): string => process.env[`TIELINE_PEER_${name}`] ?? "";

export const isSftp = env("URL").startsWith("sftp:");
export const user = new URL(env("URL")).username;
export const HOME = env("HOME");
export const STRANGER = env("STRANGER");

/** The server, as it is to be spoken to. */
export function server(over: Partial<RemoteOptions> = {}): RemoteOptions {
  const proof = isSftp ? { fingerprints: [env("FINGERPRINT")] } : { authority: env("AUTHORITY") };
  return { url: env("URL"), password: env("PASSWORD"), ...proof, ...over };
}

export const keyText = (): string => readFileSync(env("KEY"), "utf8");

/** A folder on the server, as whoever runs it sees it. */
export interface PeerFolder {
  readonly name: string;
  readonly path: string;
  put(name: string, content: string | Uint8Array, modified?: Date): void;
  names(): string[];
  read(name: string): string;
}

let made = 0;

export function peerFolder(): PeerFolder {
  made += 1;
  const name = `drop-${process.pid}-${made}`;
  const path = join(HOME, name);
  mkdirSync(path);
  execFileSync("chown", [`${user}:`, path]);
  return {
    name,
    path,
    put(file, content) {
      writeFileSync(join(path, file), content);
      execFileSync("chown", [`${user}:`, join(path, file)]);
    },
    names: () => readdirSync(path).filter((entry) => entry !== ".tieline"),
    read: (file) => readFileSync(join(path, file), "utf8"),
  };
}

/** Kills what serves connections now; new ones are served again. */
export function cutConnections(): void {
  signalSessions(Number(env("PID")), "SIGKILL");
}

export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "tieline-remote-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
