import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { installPackage } from "../fakes/debian.ts";
import { freePort } from "../faults/hub-process.ts";
import type { Peer } from "./peer.ts";

const JARS = ["/usr/share/activemq/lib", "/usr/share/activemq/lib/optional"];
const START_MS = 120_000;

export const activemq: Peer = {
  name: "activemq",
  connector: "queue",
  cases: ["stomp.peer.ts"],
  async start() {
    if (jars().length === 0) await installPackage("activemq");
    const folder = await mkdtemp(join(tmpdir(), "tieline-activemq-"));
    const port = await freePort();
    const password = randomBytes(12).toString("hex");
    await writeFile(join(folder, "activemq.xml"), settings(folder, port, password), { mode: 0o600 });
    const main = ["org.apache.activemq.console.Main", "start", `xbean:file:${join(folder, "activemq.xml")}`];
    const child = spawn("java", ["-Xmx256m", "-cp", jars().join(":"), ...main], {
      cwd: folder,
      stdio: "ignore",
    });
    child.on("error", () => undefined);
    const killAlong = (): void => void child.kill("SIGKILL");
    process.once("exit", killAlong);
    await answers(port, child);
    return {
      version: version(),
      env: { TIELINE_PEER_STOMP: `stomp://hub@127.0.0.1:${port}`, TIELINE_PEER_PASSWORD: password },
      async close() {
        await end(child);
        process.off("exit", killAlong);
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
};

/** One user, who may do anything; `hub` alone knows the password. */
function settings(folder: string, port: number, password: string): string {
  return `<beans xmlns="http://www.springframework.org/schema/beans" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.springframework.org/schema/beans http://www.springframework.org/schema/beans/spring-beans.xsd http://activemq.apache.org/schema/core http://activemq.apache.org/schema/core/activemq-core.xsd">
  <broker xmlns="http://activemq.apache.org/schema/core" brokerName="peer" dataDirectory="${folder}/data" useJmx="false">
    <persistenceAdapter><kahaDB directory="${folder}/kahadb"/></persistenceAdapter>
    <plugins>
      <simpleAuthenticationPlugin>
        <users><authenticationUser username="hub" password="${password}" groups="users"/></users>
      </simpleAuthenticationPlugin>
    </plugins>
    <transportConnectors><transportConnector name="stomp" uri="stomp://127.0.0.1:${port}"/></transportConnectors>
  </broker>
</beans>
`;
}

function jars(): readonly string[] {
  return JARS.flatMap((folder) => {
    try {
      return readdirSync(folder)
        .filter((name) => name.endsWith(".jar"))
        .map((name) => join(folder, name));
    } catch {
      return [];
    }
  });
}

function version(): string {
  const { stdout } = spawnSync("dpkg-query", ["-W", "-f", `\${Version}`, "activemq"], { encoding: "utf8" });
  return /^[\d.]+/.exec(stdout ?? "")?.[0] ?? "unknown";
}

async function answers(port: number, child: ChildProcess): Promise<void> {
  const until = performance.now() + START_MS;
  while (performance.now() < until && child.exitCode === null) {
    const socket = connect(port, "127.0.0.1");
    const isThere = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    });
    socket.destroy();
    if (isThere) return;
    await pause(250);
  }
  throw new Error(`the private ActiveMQ does not answer at 127.0.0.1:${port}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
}
