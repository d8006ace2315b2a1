import { type ChildProcess, execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createConnection } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

const START_MS = 20_000;

/** A user of this machine whose files a server serves; the servers know no others. */
export interface FileUser {
  readonly name: string;
  readonly password: string;
  remove(): void;
}

/** @throws Error where it may not be made */
export function makeUser(home: string): FileUser {
  if (process.getuid?.() !== 0) throw new Error("a user of its own is needed, which only root can make");
  const name = `tieline-${randomBytes(4).toString("hex")}`;
  const password = randomBytes(12).toString("hex");
  execFileSync("useradd", ["--no-create-home", "--home-dir", home, "--shell", "/bin/bash", name]);
  execFileSync("chpasswd", { input: `${name}:${password}\n` });
  execFileSync("chown", ["-R", `${name}:`, home]);
  return {
    name,
    password,
    remove: () => void execFileSync("userdel", ["--force", name], { stdio: "ignore" }),
  };
}

/** Waits until somebody listens. */
export async function listens(port: number, child: ChildProcess): Promise<void> {
  const until = performance.now() + START_MS;
  while (performance.now() < until && child.exitCode === null) {
    const socket = createConnection({ host: "127.0.0.1", port });
    const [event] = await Promise.race([
      once(socket, "connect").then(() => ["connect"]),
      once(socket, "error").then(() => ["error"]),
    ]).catch(() => ["error"]);
    socket.destroy();
    if (event === "connect") return;
    await pause(50);
  }
  throw new Error(`the server does not listen at 127.0.0.1:${port}`);
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  await gone;
}

/** Sends a signal to all that serve connections of a server now. @param pid of the server itself, which is spared */
export function signalSessions(pid: number, signal: NodeJS.Signals): void {
  for (const session of childrenOf(pid)) {
    for (const helper of childrenOf(session)) send(helper, signal);
    send(session, signal);
  }
}

function childrenOf(pid: number): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    return text === "" ? [] : text.split(" ").map(Number);
  } catch {
    // It ended by itself.
    return [];
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself.
  }
}
