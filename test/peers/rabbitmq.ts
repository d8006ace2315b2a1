import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { needProgram } from "../fakes/debian.ts";
import { freePort } from "../faults/hub-process.ts";
import type { Peer } from "./peer.ts";

/** Debian's program on the path starts it as another user; this one does not ask who starts it. */
const PROGRAM = "/usr/lib/rabbitmq/bin/rabbitmq-server";
const START_MS = 120_000;

export const rabbitmq: Peer = {
  name: "rabbitmq",
  connector: "queue",
  cases: ["queue.peer.ts", "stomp.peer.ts"],
  async start() {
    await needProgram(PROGRAM, "rabbitmq-server");
    const folder = await mkdtemp(join(tmpdir(), "tieline-rabbitmq-"));
    const [port, stomp, names, nodes] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    const password = randomBytes(12).toString("hex");
    const settings = [
      `listeners.tcp.1 = 127.0.0.1:${port}`,
      `stomp.listeners.tcp.1 = 127.0.0.1:${stomp}`,
      "distribution.listener.interface = 127.0.0.1",
      "default_user = hub",
      `default_pass = ${password}`,
      "default_user_tags.administrator = true",
      "log.console = true",
    ];
    await writeFile(join(folder, "rabbitmq.conf"), `${settings.join("\n")}\n`, { mode: 0o600 });
    await writeFile(join(folder, "enabled_plugins"), "[rabbitmq_stomp].\n");
    await writeFile(join(folder, "env.conf"), "");
    const child = spawn(PROGRAM, {
      cwd: folder,
      stdio: "ignore",
      env: {
        PATH: process.env["PATH"],
        HOME: folder,
        RABBITMQ_NODENAME: `tieline${port}@localhost`,
        RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq.conf"),
        RABBITMQ_CONF_ENV_FILE: join(folder, "env.conf"),
        RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "enabled_plugins"),
        RABBITMQ_MNESIA_BASE: join(folder, "data"),
        RABBITMQ_LOG_BASE: join(folder, "log"),
        RABBITMQ_DIST_PORT: String(nodes),
        ERL_EPMD_ADDRESS: "127.0.0.1",
        ERL_EPMD_PORT: String(names),
      },
    });
    const killAlong = (): void => void child.kill("SIGKILL");
    process.once("exit", killAlong);
    return {
      version: await answers(port, password, child),
      env: {
        TIELINE_PEER_URL: `amqp://hub@127.0.0.1:${port}`,
        TIELINE_PEER_STOMP: `stomp://hub@127.0.0.1:${stomp}/%2F`,
        TIELINE_PEER_PASSWORD: password,
      },
      async close() {
        await end(child);
        process.off("exit", killAlong);
        // Erlang's server of names outlives the nodes that it names.
        spawnSync("epmd", ["-port", String(names), "-kill"]);
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
};

/** Waits until it answers; gives its version. */
async function answers(port: number, password: string, child: ChildProcess): Promise<string> {
  const { connect } = await import("amqplib");
  const until = performance.now() + START_MS;
  while (performance.now() < until && child.exitCode === null) {
    try {
      const connection = await connect({ hostname: "127.0.0.1", port, username: "hub", password });
      const { version } = connection.connection.serverProperties;
      await connection.close();
      return version;
    } catch {
      await pause(250);
    }
  }
  throw new Error(`the private RabbitMQ does not answer at 127.0.0.1:${port}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
}
