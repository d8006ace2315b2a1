import { spawn } from "node:child_process";
import type { Peer } from "./peer.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

/** What became of one peer's cases. */
export interface Line {
  readonly peer: Peer;
  readonly version: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  /** Why the system was not there, or why single cases were skipped. */
  readonly reason: string;
  /** What the cases printed. */
  readonly output: string;
}

type Counts = Pick<Line, "passed" | "failed" | "skipped" | "reason" | "output">;

/** Starts a system, runs its cases and ends it. */
export async function runPeer(peer: Peer): Promise<Line> {
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1_000;
  const none = { peer, version: "-", passed: 0, failed: 0, skipped: 0, output: "", reason: "" };
  let running: Awaited<ReturnType<Peer["start"]>>;
  try {
    running = await peer.start();
  } catch (error) {
    const reason = error instanceof Error ? error.message.replaceAll(/\s+/g, " ") : "unknown";
    return { ...none, skipped: 1, seconds: seconds(), reason };
  }
  try {
    const counts = await runCases(peer, running.env);
    return { ...none, ...counts, version: running.version, seconds: seconds() };
  } finally {
    await running.close();
  }
}

async function runCases({ cases }: Peer, env: Readonly<Record<string, string>>): Promise<Counts> {
  const { code, output } = await vitest(cases, env);
  const [, passed, failed, skipped] = /^(\d+) passed, (\d+) failed, (\d+) skipped$/m.exec(output) ?? [];
  const reasons = [...output.matchAll(/^skipped: .*: (.+)$/gm)].map(([, reason]) => reason ?? "");
  return {
    passed: Number(passed ?? 0),
    // A run that broke before its first case has failed too.
    failed: code === 0 ? Number(failed ?? 0) : Math.max(1, Number(failed ?? 0)),
    skipped: Number(skipped ?? 0),
    reason: [...new Set(reasons)].join("; "),
    output,
  };
}

/** Two systems may be tried at once: what each prints is kept together. */
async function vitest(
  cases: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const config = [
    "--config",
    "test/peers/vitest.config.ts",
    "--reporter=default",
    "--reporter=./test/totals.ts",
  ];
  const files = cases.map((file) => `test/peers/${file}`);
  const child = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...config, ...files], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const killAlong = (): void => void child.kill("SIGTERM");
  process.once("exit", killAlong);
  let output = "";
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  process.off("exit", killAlong);
  return { code, output };
}
