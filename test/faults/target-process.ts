import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Mode } from "../fakes/http-target.ts";
import { type LedgerEntry, readLedger } from "../fakes/ledger.ts";
import { freePort } from "./hub-process.ts";

/** The fake target as a process of its own, which outlives every hub that is killed. */
export interface TargetProcess {
  readonly url: string;
  readonly port: number;
  /** Every request that it has answered so far. */
  requests(): readonly LedgerEntry[];
  /** Nobody listens there any more. */
  stop(): Promise<void>;
  /** It is there again, and remembers. */
  start(): Promise<void>;
  close(): Promise<void>;
}

const FILE = new URL("../fakes/http-target.ts", import.meta.url).pathname;

/**
 * @param delay milliseconds before it answers; its effect takes place just before the answer
 * @param port where it listens; default a free one
 */
export async function startTargetProcess(
  dir: string,
  mode: Mode,
  delay: number,
  port?: number,
): Promise<TargetProcess> {
  const ledger = join(dir, "target.jsonl");
  const on = port ?? (await freePort());
  let child = await listening(ledger, mode, delay, on);
  const killAlong = (): void => void child.kill("SIGKILL");
  process.once("exit", killAlong);
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  };
  return {
    url: `http://127.0.0.1:${on}/notes`,
    port: on,
    requests: () => (existsSync(ledger) ? readLedger(ledger) : []),
    stop,
    async start() {
      child = await listening(ledger, mode, delay, on);
    },
    async close() {
      await stop();
      process.off("exit", killAlong);
    },
  };
}

async function listening(ledger: string, mode: Mode, delay: number, port: number): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    // The body's `subject` is the customer, by which the target keeps the order.
    [
      ...["--import", "tsx", FILE, "--ledger", ledger, "--mode", mode, "--delay", String(delay)],
      ...["--key-field", "subject", "--port", String(port)],
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(createInterface(child.stdout), "line");
  return child;
}
