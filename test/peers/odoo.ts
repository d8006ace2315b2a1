import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { ask, runProgram, startPostgres } from "../fakes/postgres.ts";
import { freePort } from "../faults/hub-process.ts";
import { debianFolder } from "./debian-folder.ts";
import type { Peer } from "./peer.ts";

/**
 * Odoo 14 of Debian 11, the last that Debian has, in a folder of its own (1.4 GB, kept for the next run), on a private
 * PostgreSQL. The database with its modules is made once and kept as a dump, from which each run begins.
 */
export const odoo: Peer = {
  name: "odoo",
  connector: "odoo",
  cases: ["odoo.peer.ts", "odoo-flows.peer.ts"],
  async start() {
    await debianFolder({
      ...{ root: ROOT, suite: "bullseye", packages: "odoo-14 python3-gevent/bullseye" },
      // Not every mirror keeps all of bullseye-security: what it names and lacks comes from bullseye.
      sources: (mirror) => [`deb ${mirror} bullseye main`, `deb ${mirror}-security bullseye-security main`],
    });
    const server = await startPostgres({ settings: { fsync: "off", autovacuum: "off" } });
    try {
      const { port } = new URL(server.url);
      await ask(server.url, `CREATE ROLE odoo LOGIN CREATEDB PASSWORD '${PASSWORD}'`);
      const http = await freePort();
      configure(Number(port), http);
      await makeDatabase(Number(port));
      const child = spawn("unshare", ["--mount", "sh", "-c", inFolder("")], { stdio: "ignore" });
      const killAlong = (): void => void child.kill("SIGKILL");
      process.once("exit", killAlong);
      const url = `http://127.0.0.1:${http}`;
      return {
        version: await answers(url, child),
        env: {
          TIELINE_PEER_URL: url,
          TIELINE_PEER_DATABASE: `postgres://odoo:${PASSWORD}@127.0.0.1:${port}/${DATABASE}`,
        },
        async close() {
          await end(child);
          process.off("exit", killAlong);
          await server.close();
        },
      };
    } catch (error) {
      await server.close();
      throw error;
    }
  },
};

const CACHE = process.env["TIELINE_PEERS"] ?? "/var/cache/tieline-peers";
const ROOT = join(CACHE, "odoo-14");
const DUMP = join(CACHE, "odoo-14.dump");
const DATABASE = "odoo_cases";
const CONFIG = "/etc/odoo-tieline.conf";
const MODULES = "base,contacts,sale_management,account,l10n_generic_coa,stock,sale_stock,hr";
/** Of a server on the loopback address that lives as long as the tests. */
const PASSWORD = "of-the-tests";
/** On a machine that is busy with other peers it takes minutes. */
const START_MS = 600_000;
/** What an installation may print. */
const PRINTED = 64 << 20;
const run = promisify(execFile);

function configure(postgres: number, http: number): void {
  const lines = [
    "[options]",
    "db_host = 127.0.0.1",
    `db_port = ${postgres}`,
    "db_user = odoo",
    `db_password = ${PASSWORD}`,
    "http_interface = 127.0.0.1",
    `http_port = ${http}`,
    "data_dir = /var/lib/odoo-tieline",
    "workers = 0",
    "max_cron_threads = 0",
    "list_db = False",
    // Where it serves several databases it answers exceptions with HTTP 500 and no JSON.
    `dbfilter = ^${DATABASE}$`,
  ];
  writeFileSync(join(ROOT, CONFIG), `${lines.join("\n")}\n`);
  const data = join(ROOT, "var/lib/odoo-tieline");
  mkdirSync(data, { recursive: true });
  const id = (what: string): number =>
    Number(execFileSync("chroot", [ROOT, "id", what, "odoo"], { encoding: "utf8" }));
  chownSync(data, id("-u"), id("-g"));
}

/** A command that runs Odoo in its folder. Its view of the processes ends with it: nothing stays mounted. */
function inFolder(args: string): string {
  return `mount -t proc proc ${ROOT}/proc && exec chroot --userspec=odoo ${ROOT} /usr/bin/odoo -c ${CONFIG} ${args}`;
}

async function makeDatabase(postgres: number): Promise<void> {
  const place = ["-h", "127.0.0.1", "-p", String(postgres), "-U", "odoo"];
  process.env["PGPASSWORD"] = PASSWORD;
  if (existsSync(DUMP)) {
    await runProgram("createdb", [...place, DATABASE]);
    await runProgram("pg_restore", [...place, "--no-owner", "-d", DATABASE, DUMP]);
    return;
  }
  const init = `-d ${DATABASE} -i ${MODULES} --without-demo=all --stop-after-init`;
  await run("unshare", ["--mount", "sh", "-c", inFolder(init)], { maxBuffer: PRINTED });
  const made = `${DUMP}.${process.pid}`;
  await runProgram("pg_dump", [...place, "-Fc", "-f", made, DATABASE]);
  renameSync(made, DUMP);
}

/** Waits until it answers; gives its version. */
async function answers(url: string, child: ChildProcess): Promise<string> {
  const until = performance.now() + START_MS;
  while (performance.now() < until && child.exitCode === null) {
    const said = await fetch(`${url}/jsonrpc`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        jsonrpc: "2.0",
        method: "call",
        params: { service: "common", method: "version", args: [] },
      }),
    })
      .then((response) => response.json() as Promise<{ result?: { server_version?: string } }>)
      .catch(() => undefined);
    if (said?.result?.server_version !== undefined) return said.result.server_version;
    await pause(200);
  }
  throw new Error(`the private Odoo does not answer at ${url}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
}
