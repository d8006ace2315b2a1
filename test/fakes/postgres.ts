import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chown, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { freePort } from "../faults/hub-process.ts";
import { installPackage } from "./debian.ts";

/** A server to test with; which one, `openPostgres` decides. */
export interface TestServer {
  /** A URL of its database, with user and password. */
  readonly url: string;
  close(): Promise<void>;
}

/** A server of the test's own, which may be treated badly. */
export interface PrivateServer extends TestServer {
  /** Ends every process of it at once, as a power cut does to what runs; `start` then recovers. */
  kill(): Promise<void>;
  /** Breaks off what is under way and writes all that was committed, as an administrator's `restart` does first. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Sets a parameter for all sessions that begin from now on. */
  set(name: string, value: string): Promise<void>;
}

export interface PrivateOptions {
  /** An existing folder for its own; default that of temporary files. */
  readonly within?: string;
  /** Parameters, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Where distributions keep the programs of each version. */
const HOMES = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/pgsql"];
const START_MS = 30_000;

/** The server that TIELINE_TEST_POSTGRES names; else a private one. */
export async function openPostgres(): Promise<TestServer> {
  const named = process.env["TIELINE_TEST_POSTGRES"];
  if (named !== undefined && named !== "") return { url: named, close: async () => undefined };
  return startPostgres();
}

/**
 * A private server in a temporary folder, on a free port of the loopback address, from the programs that are installed,
 * or that Debian installs for root.
 * @throws Error when there are none and none can be installed
 */
export async function startPostgres(options: PrivateOptions = {}): Promise<PrivateServer> {
  return privateServer((await installed()) ?? (await install()), options);
}

/** Runs a program of the installed PostgreSQL, such as `pg_dump`. @throws Error with what it said */
export async function runProgram(name: string, args: readonly string[]): Promise<void> {
  const folder = (await installed()) ?? (await install());
  execFileSync(join(folder, name), args, { stdio: "pipe" });
}

async function installed(): Promise<string | undefined> {
  const found: { readonly version: number; readonly folder: string }[] = [];
  for (const home of HOMES) {
    for (const name of await readdir(home).catch(() => [])) {
      const folder = join(home, name, "bin");
      const version = Number(/(\d+)$/.exec(name)?.[1] ?? 0);
      if (version >= 14 && existsSync(join(folder, "initdb"))) found.push({ version, folder });
    }
  }
  const onPath = (process.env["PATH"] ?? "").split(":").find((folder) => existsSync(join(folder, "initdb")));
  return found.sort((a, b) => b.version - a.version)[0]?.folder ?? onPath;
}

async function install(): Promise<string> {
  await installPackage("postgresql");
  const folder = await installed();
  if (folder === undefined) throw new Error("Debian's package postgresql is older than these tests need: 14");
  return folder;
}

async function privateServer(
  programs: string,
  { within = tmpdir(), settings = {} }: PrivateOptions,
): Promise<PrivateServer> {
  const folder = await mkdtemp(join(within, "tieline-postgres-"));
  const who = process.getuid?.() === 0 ? unprivileged() : {};
  if (who.uid !== undefined && who.gid !== undefined) await chown(folder, who.uid, who.gid);
  const password = randomBytes(12).toString("hex");
  const secret = join(folder, "password");
  await writeFile(secret, password);
  const data = join(folder, "data");
  execFileSync(
    join(programs, "initdb"),
    [
      "-D",
      data,
      "-U",
      "tieline",
      "-A",
      "scram-sha-256",
      `--pwfile=${secret}`,
      "-E",
      "UTF8",
      "--locale=C",
      "--no-sync",
    ],
    { stdio: "ignore", cwd: folder, ...who },
  );
  const port = await freePort();
  const url = `postgres://tieline:${password}@127.0.0.1:${port}/postgres`;
  const args = ["-D", data, "-p", String(port), "-c", "listen_addresses=127.0.0.1"];
  for (const [name, value] of Object.entries(settings)) args.push("-c", `${name}=${value}`);
  let child: ChildProcess | null = null;
  const killAlong = (): void => void child?.kill("SIGQUIT");
  process.once("exit", killAlong);

  const start = async (): Promise<void> => {
    child = spawn(join(programs, "postgres"), [...args, "-c", `unix_socket_directories=${folder}`], {
      stdio: "ignore",
      cwd: folder,
      ...who,
    });
    await answers(url, child);
  };
  await start();
  return {
    url,
    start,
    async kill() {
      await end(child, "SIGQUIT");
      child = null;
    },
    async stop() {
      await end(child, "SIGINT");
      child = null;
    },
    async set(name, value) {
      await ask(url, `ALTER SYSTEM SET ${name} = '${value}'`);
      await ask(url, "SELECT pg_reload_conf()");
      while ((await ask(url, `SHOW ${name}`)) !== value) await pause(20);
    },
    async close() {
      await end(child, "SIGINT");
      process.off("exit", killAlong);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The server refuses to run as root. */
function unprivileged(): { readonly uid?: number; readonly gid?: number } {
  for (const name of ["postgres", "nobody"]) {
    try {
      const id = (what: string): number => Number(execFileSync("id", [what, name], { encoding: "utf8" }));
      return { uid: id("-u"), gid: id("-g") };
    } catch {
      // The next one.
    }
  }
  throw new Error(
    "there is no user besides root to run a private PostgreSQL as; run the tests as another user",
  );
}

async function end(child: ChildProcess | null, signal: NodeJS.Signals): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  const until = performance.now() + START_MS;
  while (performance.now() < until && child.exitCode === null) {
    if ((await ask(url, "SELECT 'yes' AS answer").catch(() => "no")) === "yes") return;
    await pause(30);
  }
  throw new Error(`the private PostgreSQL does not answer at ${new URL(url).host}`);
}

/** The first value of the first row. */
export async function ask(url: string, text: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  // Its end is told by the question too.
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query(text);
    return Object.values((rows[0] ?? {}) as object)[0];
  } finally {
    await client.end().catch(() => undefined);
  }
}
