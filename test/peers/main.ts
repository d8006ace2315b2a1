import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asterisk16, asterisk22 } from "./asterisk.ts";
import { mariadb } from "./mariadb.ts";
import { odoo } from "./odoo.ts";
import { openssh } from "./openssh.ts";
import type { Peer } from "./peer.ts";
import { postfix } from "./postfix.ts";
import { postgres } from "./postgres.ts";
import { rabbitmq } from "./rabbitmq.ts";
import { vsftpd } from "./vsftpd.ts";

/**
 * Proves connectors against real systems: installs what is missing (Debian's packages, as root), starts each system on the
 * loopback address, runs its cases and prints a table. A system that cannot be had is a skip that is counted and says why.
 *
 *   npm run test:peers                 all
 *   npm run test:peers -- mariadb      one system
 *   npm run test:peers -- database     all systems of one connector
 */
const PEERS: readonly Peer[] = [
  postgres,
  mariadb,
  rabbitmq,
  asterisk16,
  asterisk22,
  postfix,
  openssh,
  vsftpd,
  odoo,
];

const ROOT = new URL("../..", import.meta.url).pathname;

interface Line {
  readonly peer: Peer;
  readonly version: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  /** Why the system was not there. */
  readonly reason: string;
}

async function run(peer: Peer): Promise<Line> {
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1_000;
  const none = { peer, version: "-", passed: 0, failed: 0, skipped: 0 };
  let running: Awaited<ReturnType<Peer["start"]>>;
  try {
    running = await peer.start();
  } catch (error) {
    return {
      ...none,
      skipped: 1,
      seconds: seconds(),
      reason: error instanceof Error ? error.message : "unknown",
    };
  }
  try {
    const counts = await runCases(peer, running.env);
    return { ...none, ...counts, version: running.version, seconds: seconds(), reason: "" };
  } finally {
    await running.close();
  }
}

async function runCases(
  { cases }: Peer,
  env: Readonly<Record<string, string>>,
): Promise<Pick<Line, "passed" | "failed" | "skipped">> {
  const folder = await mkdtemp(join(tmpdir(), "tieline-peers-"));
  const report = join(folder, "report.json");
  const files = cases.map((file) => `test/peers/${file}`);
  const args = [
    "vitest",
    "run",
    "--config",
    "test/peers/vitest.config.ts",
    "--reporter=default",
    "--reporter=json",
  ];
  try {
    const child = spawn("npx", [...args, `--outputFile.json=${report}`, ...files], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: "inherit",
    });
    const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
    const text = await readFile(report, "utf8").catch(() => "{}");
    const found = JSON.parse(text) as Partial<
      Record<"numPassedTests" | "numFailedTests" | "numPendingTests", number>
    >;
    const failed = found.numFailedTests ?? 0;
    // A run that broke before its first case has failed too.
    return {
      passed: found.numPassedTests ?? 0,
      failed: code === 0 ? failed : Math.max(1, failed),
      skipped: found.numPendingTests ?? 0,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function tableOf(lines: readonly Line[]): string {
  const rows = [
    ["PEER", "CONNECTOR", "VERSION", "PASSED", "FAILED", "SKIPPED", "SECONDS", "WHY SKIPPED"],
    ...lines.map(({ peer, version, passed, failed, skipped, seconds, reason }) => [
      peer.name,
      peer.connector,
      version,
      ...[passed, failed, skipped].map(String),
      seconds.toFixed(0),
      reason,
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !PEERS.some((peer) => peer.name === name || peer.connector === name));
if (unknown.length > 0) {
  console.error(
    `There is no peer ${unknown.join(", ")}; there are ${PEERS.map(({ name }) => name).join(", ")}.`,
  );
  process.exit(2);
}
const chosen = PEERS.filter(
  ({ name, connector }) => asked.length === 0 || asked.includes(name) || asked.includes(connector),
);
const lines: Line[] = [];
for (const peer of chosen) lines.push(await run(peer));
console.log(`\n${tableOf(lines)}`);
process.exitCode = lines.some(({ failed }) => failed > 0) ? 1 : 0;
