import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";

const MAIN = new URL("../../dist/src/main.js", import.meta.url).pathname;

/** A hub as users run it: a process of its own, on a project folder, killed without mercy when a test says so. */
export interface HubProcess {
  readonly url: string;
  readonly pid: number;
  readonly token: () => Promise<string>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Resolves when the process ends by itself (a fail point). */
  readonly ended: Promise<void>;
  /** What it printed so far. */
  output(): string;
}

export interface HubProcessOptions {
  readonly dir: string;
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a hub and waits until it accepts. @throws Error with its output when it does not within 20 s */
export async function startHubProcess({ dir, port, env }: HubProcessOptions): Promise<HubProcess> {
  const child = spawn(process.execPath, [MAIN, "start", "--dir", dir, "--empty"], {
    env: { PATH: process.env["PATH"] ?? "", ...env, TIELINE_LISTEN: `127.0.0.1:${port}` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  const collect = (chunk: Buffer): void => {
    printed += chunk.toString();
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const ended = once(child, "exit").then(() => undefined);
  const url = `http://127.0.0.1:${port}`;
  await ready(url, child, () => printed);
  return {
    url,
    pid: child.pid ?? 0,
    token: async () => (await readFile(join(dir, "data", "api-token"), "utf8")).trim(),
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
      return child.exitCode;
    },
    ended,
    output: () => printed,
  };
}

async function ready(url: string, child: ChildProcess, output: () => string): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the hub ended at once:\n${output()}`);
    const response = await fetch(`${url}/readyz`).catch(() => null);
    await response?.body?.cancel();
    if (response?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill("SIGKILL");
  throw new Error(`the hub was not ready within 20 s:\n${output()}`);
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
