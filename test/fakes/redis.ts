import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { freePort } from "../faults/hub-process.ts";
import { needProgram } from "./debian.ts";

/** A Redis of the test's own, which may be treated badly. */
export interface PrivateRedis {
  readonly port: number;
  /** One command, on a connection of its own. @throws Error with what the server answers */
  ask(...command: readonly [string, ...string[]]): Promise<unknown>;
  /** SIGKILL: what it had not written to a file is gone. */
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

const START_MS = 10_000;

/**
 * A private server in a temporary folder, on a free port of the loopback address, from the program that is installed, or
 * that Debian installs for root. Unless `settings` (of redis.conf) say otherwise it keeps nothing and evicts nothing.
 * @throws Error when there is none and none can be installed
 */
export async function startRedis(settings: Readonly<Record<string, string>> = {}): Promise<PrivateRedis> {
  const redis = await stoppedRedis(settings);
  await redis.start();
  return redis;
}

/** As `startRedis`, of which nobody has heard yet. */
export async function stoppedRedis(settings: Readonly<Record<string, string>> = {}): Promise<PrivateRedis> {
  await needProgram("redis-server", "redis-server");
  const folder = await mkdtemp(join(tmpdir(), "tieline-redis-"));
  const port = await freePort();
  const all = {
    ...{ port: String(port), bind: "127.0.0.1", dir: folder, daemonize: "no" },
    ...{ save: "", appendonly: "no", "maxmemory-policy": "noeviction" },
    ...settings,
  };
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  let child: ChildProcess | null = null;
  const killAlong = (): void => void child?.kill("SIGKILL");
  process.once("exit", killAlong);

  const ask: PrivateRedis["ask"] = async (...[name, ...rest]) => {
    const client = new Redis({
      ...{ host: "127.0.0.1", port, lazyConnect: true, retryStrategy: null },
      ...(settings["requirepass"] === undefined ? {} : { password: settings["requirepass"] }),
    });
    // Its failure is told by the command too.
    client.on("error", () => undefined);
    try {
      return await client.call(name, ...rest);
    } finally {
      client.disconnect();
    }
  };
  const kill = async (): Promise<void> => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };
  return {
    port,
    ask,
    kill,
    async start() {
      child = spawn("redis-server", args, { stdio: "ignore" });
      const until = performance.now() + START_MS;
      while ((await ask("PING").catch(() => null)) !== "PONG") {
        if (performance.now() > until || child.exitCode !== null)
          throw new Error(`the private Redis does not answer at 127.0.0.1:${port}`);
        await pause(20);
      }
    },
    async close() {
      await kill();
      process.off("exit", killAlong);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
