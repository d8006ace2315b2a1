import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Mode } from "../fakes/http-target.ts";
import { type LedgerEntry, readLedger } from "../fakes/ledger.ts";

/** The fake target as a process of its own, which outlives every hub that is killed. */
export interface TargetProcess {
  readonly url: string;
  /** Every request that it has answered so far. */
  requests(): readonly LedgerEntry[];
  close(): Promise<void>;
}

const FILE = new URL("../fakes/http-target.ts", import.meta.url).pathname;

/** @param delay milliseconds before it answers; its effect takes place just before the answer */
export async function startTargetProcess(dir: string, mode: Mode, delay: number): Promise<TargetProcess> {
  const ledger = join(dir, "target.jsonl");
  const child = spawn(
    process.execPath,
    // The body's `subject` is the customer, by which the target keeps the order.
    [
      "--import",
      "tsx",
      FILE,
      "--ledger",
      ledger,
      "--mode",
      mode,
      "--delay",
      String(delay),
      "--key-field",
      "subject",
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = once(child, "exit");
  const killAlong = (): void => void child.kill("SIGKILL");
  process.once("exit", killAlong);
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const { port } = JSON.parse(line) as { port: number };
  return {
    url: `http://127.0.0.1:${port}/notes`,
    requests: () => (existsSync(ledger) ? readLedger(ledger) : []),
    async close() {
      child.kill("SIGTERM");
      await ended;
      process.off("exit", killAlong);
    },
  };
}
