import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { needProgram } from "../fakes/debian.ts";

const run = promisify(execFile);
/** What an installation may print. */
const PRINTED = 64 << 20;

export interface DebianFolder {
  /** Where the release is to be; what was made there once is kept for the next run. */
  readonly root: string;
  readonly suite: string;
  /** Further lines of sources.list, of Debian's mirror. */
  readonly sources?: (mirror: string) => readonly string[];
  /** Packages as apt-get takes them. */
  readonly packages: string;
  /** Options of apt-get. */
  readonly options?: string;
}

/**
 * A release of Debian with some packages in a folder of its own, for systems that this machine's release has not. It is made
 * beside its place and renamed: an installation that was cut off is none, and two runs at once do not meet.
 * @throws Error that says what is missing
 */
export async function debianFolder({
  root,
  suite,
  sources,
  packages,
  options = "",
}: DebianFolder): Promise<void> {
  if (existsSync(root)) return;
  if (process.getuid?.() !== 0) throw new Error(`${packages} is not installed, and installing it needs root`);
  await needProgram("debootstrap", "debootstrap");
  const { stdout } = await run("apt-get", ["indextargets", "--format", "$(SITE)", "Created-By: Packages"]);
  const mirror =
    stdout.split("\n").find((site) => site.endsWith("/debian")) ?? "http://deb.debian.org/debian";
  const made = `${root}.${process.pid}`;
  await mkdir(dirname(root), { recursive: true });
  try {
    // A release that is newer than debootstrap itself is made like the newest that it knows.
    const script = existsSync(`/usr/share/debootstrap/scripts/${suite}`) ? suite : "sid";
    await run("debootstrap", ["--variant=minbase", suite, made, mirror, script], { maxBuffer: PRINTED });
    // Nothing that is installed starts by itself.
    await writeFile(join(made, "usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 101\n", { mode: 0o755 });
    if (sources) await writeFile(join(made, "etc/apt/sources.list"), `${sources(mirror).join("\n")}\n`);
    const apt = `apt-get ${options}`;
    const install = `${apt} update && ${apt} install -y --no-install-recommends ${packages}`;
    await run("chroot", [made, "sh", "-c", `export DEBIAN_FRONTEND=noninteractive; ${install}`], {
      maxBuffer: PRINTED,
    });
    await rename(made, root).catch((error: unknown) => {
      if (!existsSync(root)) throw error;
    });
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(-2000) : "";
    throw new Error(`${packages} of Debian's ${suite} could not be installed: ${why}`);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}
