import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { PeerMissing } from "./bench.ts";

const run = promisify(execFile);

/** Makes sure that a program is there, by Debian's package where that may be installed. @throws PeerMissing */
export async function needTool(program: string, debianPackage: string): Promise<void> {
  if (isThere(program)) return;
  const how = `apt-get install ${debianPackage}`;
  if (process.getuid?.() !== 0 || !isThere("apt-get")) {
    throw new PeerMissing(`the program ${program} is not installed (Debian: ${how})`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    await run("apt-get", ["install", "-y", "-q", debianPackage], { env });
  } catch {
    await run("apt-get", ["update", "-q"], { env })
      .then(() => run("apt-get", ["install", "-y", "-q", debianPackage], { env }))
      .catch((error: unknown) => {
        throw new PeerMissing(`${how} failed: ${error instanceof Error ? error.message : "unknown"}`);
      });
  }
  if (!isThere(program)) throw new PeerMissing(`${how} did not bring the program ${program}`);
}

function isThere(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}
