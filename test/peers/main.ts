import { commandLine } from "../command-line.ts";
import { activemq } from "./activemq.ts";
import { asterisk16, asterisk22 } from "./asterisk.ts";
import { mariadb } from "./mariadb.ts";
import { odoo } from "./odoo.ts";
import { openssh } from "./openssh.ts";
import type { Peer } from "./peer.ts";
import { postfix } from "./postfix.ts";
import { postgres } from "./postgres.ts";
import { rabbitmq } from "./rabbitmq.ts";
import { type Line, runPeer } from "./run-peer.ts";
import { vsftpd } from "./vsftpd.ts";

const PEERS: readonly Peer[] = [
  // The longest first, so that two at a time end together.
  odoo,
  asterisk16,
  asterisk22,
  postfix,
  postgres,
  mariadb,
  rabbitmq,
  activemq,
  openssh,
  vsftpd,
];

const USAGE = `npm run test:peers -- [system or connector …] [--at-once 2]

Proves connectors against real systems: installs what is missing (Debian's packages, as root), starts each system on the
loopback address, runs its cases and prints a table. A system that cannot be had is a skip that is counted and says why.

  npm run test:peers                 all, two at a time
  npm run test:peers -- mariadb      one system
  npm run test:peers -- telephony    all systems of one connector
  npm run test:peers -- --at-once 1  one after the other`;

const {
  values,
  positionals: asked,
  leave,
} = commandLine(USAGE, {
  allowPositionals: true,
  options: { "at-once": { type: "string", default: "2" } },
});
const unknown = asked.filter((name) => !PEERS.some((peer) => peer.name === name || peer.connector === name));
if (unknown.length > 0) {
  const names = [...new Set(PEERS.flatMap(({ name, connector }) => [connector, name]))];
  leave(`There is no peer or connector ${unknown.join(", ")}; there are ${names.join(", ")}.`);
}
// Systems end with this process, also when it is told to.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

const began = performance.now();
const waiting = PEERS.filter(
  ({ name, connector }) => asked.length === 0 || asked.includes(name) || asked.includes(connector),
);
const chosen = [...waiting];
const done = new Map<Peer, Line>();
async function work(): Promise<void> {
  for (let peer = waiting.shift(); peer !== undefined; peer = waiting.shift()) {
    console.log(`${peer.name}: begins`);
    const line = await runPeer(peer);
    console.log(`\n${peer.name}\n${line.output}`);
    done.set(peer, line);
  }
}
await Promise.all(Array.from({ length: Math.max(1, Number(values["at-once"]) || 1) }, work));
const lines = chosen.flatMap((peer) => done.get(peer) ?? []);
console.log(`${tableOf(lines)}\n\n${((performance.now() - began) / 60_000).toFixed(1)} minutes`);
process.exitCode = lines.some(({ failed }) => failed > 0) ? 1 : 0;

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
