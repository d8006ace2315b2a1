import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Makes sure that a program is there, by Debian's package where that may be installed.
 * @throws Error with what to install
 */
export async function needProgram(program: string, debianPackage: string): Promise<void> {
  if (isThere(program)) return;
  await installPackage(debianPackage);
  if (!isThere(program))
    throw new Error(`Debian's package ${debianPackage} did not bring the program ${program}`);
}

/** Installs a package of Debian's. @throws Error with what to install, where that is not allowed or fails */
export async function installPackage(name: string): Promise<void> {
  const how = `apt-get install ${name}`;
  if (process.getuid?.() !== 0 || !isThere("apt-get")) {
    throw new Error(
      `${name} is not installed: install it (Debian: ${how}), or give the tests the right to install it (as root on Debian)`,
    );
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  // Another test may be installing just now.
  const install = ["-o", "DPkg::Lock::Timeout=600", "install", "-y", "-q", "--no-install-recommends", name];
  try {
    await run("apt-get", install, { env });
  } catch {
    await run("apt-get", ["update", "-q"], { env })
      .then(() => run("apt-get", install, { env }))
      .catch((error: unknown) => {
        throw new Error(`${how} failed: ${error instanceof Error ? error.message : "unknown"}`);
      });
  }
}

function isThere(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}
