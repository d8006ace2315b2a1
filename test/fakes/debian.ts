import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

export interface UnpackedProgram {
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * A program of a package that is not installed, since that would start a server: it is fetched and taken out of it, unless
 * it is there.
 * @param path of the program within the package
 * @throws Error with what to install
 */
export async function unpackProgram(path: string, debianPackage: string): Promise<UnpackedProgram> {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (isThere(name)) return { path: name, remove: async () => undefined };
  const folder = await mkdtemp(join(tmpdir(), "tieline-package-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true });
  const fetched = `apt-get download -q ${debianPackage}`;
  try {
    const fetch = process.getuid?.() === 0 ? `${fetched} || (apt-get update -q && ${fetched})` : fetched;
    // apt-get would fetch as a user of its own, who may not write here.
    await run("sh", ["-c", `cd ${folder} && chmod 777 . && (${fetch}) && dpkg-deb -x *.deb .`]);
    return { path: join(folder, path), remove };
  } catch (error) {
    await remove();
    const why = error instanceof Error ? error.message : "unknown";
    throw new Error(`${name} is not here: install it (Debian: apt-get install ${debianPackage}); ${why}`);
  }
}

function isThere(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}
