import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const READY_MS = 60_000;

/** A hub as users run it: a process of its own, on a project folder, killed without mercy when a test says so. */
export interface HubProcess {
  readonly url: string;
  readonly pid: number;
  /** Lets it stand still, or go on. */
  signal(name: "SIGSTOP" | "SIGCONT"): void;
  /** The code it ended with; null while it runs, and when a signal ended it. */
  exitCode(): number | null;
  /** POSTs to a path of the API with the hub's token. @throws Error when the answer is not 2xx */
  post<Answer>(path: string, body: object): Promise<Answer>;
  /** GETs a path of the API with the hub's token. @throws Error when the answer is not 2xx */
  get<Answer>(path: string): Promise<Answer>;
  /** Bytes of memory that are resident now. */
  rss(): Promise<number>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Resolves when the process ends by itself (a fail point). */
  readonly ended: Promise<void>;
  /** Whether it is still there. */
  alive(): boolean;
  /** What it printed so far. */
  output(): string;
}

export interface HubProcessOptions {
  readonly dir: string;
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Data folder; default `data` of the project. */
  readonly data?: string;
  /** Do not wait until it accepts, since it is to die before: gives it as soon as it is there. */
  readonly doomed?: boolean;
}

/** Starts a hub and waits until it accepts. @throws Error with its output when it does not within a minute */
export async function startHubProcess(options: HubProcessOptions): Promise<HubProcess> {
  const { dir, port, env, data = join(dir, "data") } = options;
  const child = spawn(process.execPath, [mainFile(), "start", "--dir", dir, "--data", data, "--empty"], {
    env: { PATH: process.env["PATH"] ?? "", ...env, TIELINE_LISTEN: `127.0.0.1:${port}` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  const collect = (chunk: Buffer): void => {
    printed = (printed + chunk.toString()).slice(-20_000);
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  // What a test leaves behind must not outlive it.
  const killAlong = (): void => void child.kill("SIGKILL");
  process.once("exit", killAlong);
  const ended = once(child, "exit").then(() => void process.off("exit", killAlong));
  const url = `http://127.0.0.1:${port}`;
  const asked = async (method: string, path: string, body?: object): Promise<never> => {
    const token = (await readFile(join(data, "api-token"), "utf8")).trim();
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok)
      throw new Error(`${method} ${path} was answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as never;
  };
  if (options.doomed !== true) await ready(url, child, () => printed);
  return {
    url,
    pid: child.pid ?? 0,
    signal: (name) => void child.kill(name),
    exitCode: () => child.exitCode,
    get: (path) => asked("GET", path),
    post: (path, body) => asked("POST", path, body),
    async rss() {
      const status = await readFile(`/proc/${child.pid}/status`, "utf8");
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
    },
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
    alive: () => child.exitCode === null && child.signalCode === null,
    output: () => printed,
  };
}

/** The compiled program; TIELINE_DIST names another folder than `dist`. */
export function mainFile(): string {
  const dist = process.env["TIELINE_DIST"] ?? new URL("../../dist", import.meta.url).pathname;
  return join(dist, "src", "main.js");
}

async function ready(url: string, child: ChildProcess, output: () => string): Promise<void> {
  const until = performance.now() + READY_MS;
  while (performance.now() < until) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the hub ended at once:\n${tail(output())}`);
    const response = await fetch(`${url}/readyz`).catch(() => null);
    await response?.body?.cancel();
    if (response?.ok === true) return;
    await pause(25);
  }
  child.kill("SIGKILL");
  throw new Error(`the hub was not ready within ${READY_MS / 1000} s:\n${tail(output())}`);
}

const given = new Set<number>();

/** A port that nobody listens on now, and that nobody here was given before: a hub that was killed comes back to its own. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  const port = typeof address === "object" && address !== null ? address.port : 0;
  if (given.has(port)) return freePort();
  given.add(port);
  return port;
}

function tail(output: string): string {
  const lines = output.trimEnd().split("\n").slice(-5);
  return lines.map((line) => (line.length > 400 ? `${line.slice(0, 400)}…` : line)).join("\n");
}
