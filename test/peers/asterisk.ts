import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { needProgram } from "../fakes/debian.ts";
import { freePort } from "../faults/hub-process.ts";
import { type AsteriskPlace, asteriskFiles } from "./asterisk-files.ts";
import { debianFolder } from "./debian-folder.ts";
import type { Peer } from "./peer.ts";

/** Where the systems are unpacked; they stay there for the next run. */
const KEPT = process.env["TIELINE_PEERS"] ?? "/var/cache/tieline-peers";
const START_MS = 60_000;

/** Asterisk has left Debian 12: what the releases before and after it bring runs in a folder of its own. */
export const asterisk16 = asterisk("asterisk-16", "bullseye");
export const asterisk22 = asterisk("asterisk-22", "forky");

function asterisk(name: string, suite: string): Peer {
  return {
    name,
    connector: "telephony",
    cases: ["telephony.peer.ts", "desk-page.peer.ts"],
    async start() {
      const root = join(KEPT, suite);
      await needProgram("sipp", "sip-tester");
      await debianFolder({
        root,
        suite,
        packages: "asterisk",
        options: "-o Acquire::Check-Valid-Until=false",
      });
      await mkdir(join(root, "etc"), { recursive: true });
      const folder = await mkdtemp(join(root, "etc", "tieline-"));
      const place = await placeOf(root, folder.slice(root.length));
      for (const [file, content] of Object.entries(await asteriskFiles(place)))
        await writeFile(join(folder, file), content, { mode: 0o600 });
      for (const sub of ["run", "log/cdr-csv", "spool"]) await mkdir(join(folder, sub), { recursive: true });
      const conf = `${place.inside}/asterisk.conf`;
      const child = spawn("chroot", [root, "/usr/sbin/asterisk", "-f", "-C", conf], { stdio: "ignore" });
      const killAlong = (): void => void child.kill("SIGKILL");
      process.once("exit", killAlong);
      const version = await booted(root, conf, child);
      return {
        version,
        env: {
          TIELINE_PEER_MANAGER: String(place.manager),
          TIELINE_PEER_SECRET: place.secret,
          TIELINE_PEER_SIP: String(place.sip),
          TIELINE_PEER_AGI: String(place.agi),
          TIELINE_PEER_101: String(place.phones["101"]),
          TIELINE_PEER_102: String(place.phones["102"]),
          TIELINE_PEER_CARRIER: String(place.carrier),
          TIELINE_PEER_DETAIL: join(folder, "log/cdr-csv/Master.csv"),
        },
        async close() {
          await end(child);
          process.off("exit", killAlong);
          await rm(folder, { recursive: true, force: true });
        },
      };
    },
  };
}

async function placeOf(root: string, inside: string): Promise<AsteriskPlace> {
  const port = freePort;
  const libraries = await readdir(join(root, "usr/lib"));
  const modules = ["", ...libraries]
    .map((sub) => join("/usr/lib", sub, "asterisk/modules"))
    .find((path) => existsSync(join(root, path)));
  return {
    inside,
    modules: modules ?? "/usr/lib/asterisk/modules",
    manager: await port(),
    sip: await port(),
    agi: await port(),
    carrier: await port(),
    phones: { "101": await port(), "102": await port() },
    secret: "hub-secret-of-the-peer",
  };
}

async function booted(root: string, conf: string, child: ChildProcess): Promise<string> {
  const until = performance.now() + START_MS;
  const ask = (command: string): string =>
    spawnSync("chroot", [root, "/usr/sbin/asterisk", "-C", conf, "-rx", command], {
      encoding: "utf8",
    }).stdout;
  while (performance.now() < until && child.exitCode === null) {
    if (ask("core waitfullybooted").includes("fully booted"))
      return /Asterisk (\S+)/.exec(ask("core show version"))?.[1] ?? "unknown";
    await pause(100);
  }
  child.kill("SIGKILL");
  throw new Error("the private Asterisk does not start");
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
