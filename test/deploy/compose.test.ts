import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { inspectRedis } from "../../src/backend/bullmq/inspect.ts";
import { needProgram } from "../fakes/debian.ts";
import { freePort } from "../faults/hub-process.ts";

const FILE = "src/deploy/compose.yaml";
/** As the file says that it is made. */
const PASSWORD = randomBytes(24).toString("hex");

interface Service {
  readonly command: readonly string[];
  readonly healthcheck: { readonly test: readonly string[] };
}

let folder: string;
beforeAll(async () => {
  await needProgram("redis-server", "redis-server");
  folder = mkdtempSync(join(tmpdir(), "tieline-compose-"));
  mkdirSync(join(folder, "secrets"));
  mkdirSync(join(folder, "data"));
  for (const name of ["postgres", "redis"])
    writeFileSync(join(folder, "secrets", `${name}-password`), `${PASSWORD}\n`);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe("the compose file", () => {
  it("is read by Compose, which finds nothing to say", async () => {
    await needProgram("docker-compose", "docker-compose");
    cpSync(FILE, join(folder, "compose.yaml"));
    const { status, stdout, stderr } = spawnSync("docker-compose", ["config"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(Object.keys((parse(stdout) as { services: object }).services)).toEqual([
      "hub",
      "postgres",
      "redis",
    ]);
  }, 240_000);

  it("starts a Redis that a hub takes, and that its health check calls healthy", {
    timeout: 30_000,
  }, async () => {
    const { redis } = (parse(textHere()) as { services: { redis: Service } }).services;
    const port = await freePort();
    const [shell = "", flag = "", script = ""] = redis.command;
    const command = script.replace('echo "dir', `echo "port ${port}"\n echo "bind 127.0.0.1"\n echo "dir`);
    const server = spawn(shell, [flag, command], { stdio: "ignore" });
    onTestFinished(() => ended(server));
    const [, check = ""] = redis.healthcheck.test;
    const healthy = (): boolean =>
      spawnSync("sh", ["-c", check.replace("redis-cli", `redis-cli -p ${port}`)]).status === 0;
    for (let tries = 0; !healthy() && tries < 100; tries++) await pause(100);
    expect(healthy()).toBe(true);
    const address = {
      ...{ host: "127.0.0.1", port, database: 0, user: undefined, password: PASSWORD },
      tls: { mode: "none" as const },
    };
    expect(await inspectRedis(address)).toContain("nothing is evicted");
  });
});

/** The file as a container sees it, with this machine's folders in the place of its own. */
function textHere(): string {
  return readFileSync(FILE, "utf8")
    .replaceAll("$$", "$")
    .replaceAll("/run/secrets", join(folder, "secrets"))
    .replaceAll('"dir /data"', `"dir ${join(folder, "data")}"`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}
