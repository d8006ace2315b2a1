import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { RowDataPacket } from "mysql2/promise";
import { needProgram } from "../fakes/debian.ts";
import { freePort } from "../faults/hub-process.ts";
import type { Peer } from "./peer.ts";

const START_MS = 60_000;

export const mariadb: Peer = {
  name: "mariadb",
  connector: "database",
  cases: ["database.peer.ts"],
  async start() {
    await needProgram("mariadbd", "mariadb-server");
    const folder = await mkdtemp(join(tmpdir(), "tieline-mariadb-"));
    const user = userInfo().username;
    const data = join(folder, "data");
    execFileSync(
      "mariadb-install-db",
      [
        "--no-defaults",
        `--user=${user}`,
        `--datadir=${data}`,
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
      ],
      { stdio: "ignore" },
    );
    const port = await freePort();
    const password = randomBytes(12).toString("hex");
    const script = join(folder, "start.sql");
    await writeFile(
      script,
      `CREATE DATABASE tieline CHARACTER SET utf8mb4;\nCREATE USER hub@'127.0.0.1' IDENTIFIED BY '${password}';\nGRANT ALL ON *.* TO hub@'127.0.0.1';\n`,
    );
    chmodSync(script, 0o600);
    const child = spawn(
      "mariadbd",
      [
        "--no-defaults",
        `--user=${user}`,
        `--datadir=${data}`,
        `--socket=${join(folder, "socket")}`,
        "--bind-address=127.0.0.1",
        `--port=${port}`,
        `--init-file=${script}`,
        "--innodb-buffer-pool-size=32M",
        "--skip-log-bin",
      ],
      { stdio: "ignore" },
    );
    const killAlong = (): void => void child.kill("SIGKILL");
    process.once("exit", killAlong);
    const url = `mariadb://hub@127.0.0.1:${port}/tieline`;
    return {
      version: await answers(port, password, child),
      env: { TIELINE_PEER_URL: url, TIELINE_PEER_PASSWORD: password },
      async close() {
        await end(child);
        process.off("exit", killAlong);
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
};

/** Waits until it answers; gives its version. */
async function answers(port: number, password: string, child: ChildProcess): Promise<string> {
  const { createConnection } = await import("mysql2/promise");
  const until = performance.now() + START_MS;
  while (performance.now() < until && child.exitCode === null) {
    try {
      const connection = await createConnection({ host: "127.0.0.1", port, user: "hub", password });
      const [rows] = await connection.query<RowDataPacket[]>("SELECT version() AS version");
      await connection.end();
      return String(rows[0]?.["version"]).split("-", 1)[0] ?? "";
    } catch {
      await pause(100);
    }
  }
  throw new Error(`the private MariaDB does not answer at 127.0.0.1:${port}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
}
