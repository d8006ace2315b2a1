import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { freePort } from "../faults/hub-process.ts";
import { PeerMissing } from "./bench.ts";
import { until } from "./hub.ts";
import { atEnd, temporaryFolder } from "./temporary.ts";
import { needTool } from "./tool.ts";

/**
 * A Redis of its own that loses nothing it has acknowledged: `appendfsync always`, no eviction. Ended by its process id.
 * @throws PeerMissing
 */
export async function startRedis(): Promise<{ readonly port: number; end(): Promise<void> }> {
  await needTool("redis-server", "redis-server");
  const folder = await temporaryFolder("redis");
  const port = await freePort();
  const settings = {
    ...{ port, bind: "127.0.0.1", dir: folder.path, save: "", daemonize: "no" },
    ...{ appendonly: "yes", appendfsync: "always", "maxmemory-policy": "noeviction" },
  };
  const child = spawn(
    "redis-server",
    Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
    { stdio: "ignore" },
  );
  const exit = once(child, "exit");
  const end = atEnd(async () => {
    child.kill("SIGKILL");
    await exit;
    await folder.remove();
  });
  await until(async () => answers(port), { atMost: 10_000 }).catch(() => {
    throw new PeerMissing("redis-server does not start");
  });
  return { port, end };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  return await once(socket, "connect")
    .then(
      () => true,
      () => false,
    )
    .finally(() => socket.destroy());
}
