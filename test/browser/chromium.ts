import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PLACE = "/usr/bin/chromium";

/** Starts the machine's own chromium, which Debian has; installs it when it is missing and we may. */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(PLACE)) install();
  return chromium.launch({
    executablePath: PLACE,
    // Root, as in a container, has no sandbox.
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
}

function install(): void {
  if (process.getuid?.() !== 0) throw new Error(`${PLACE} is missing: install Debian's package chromium`);
  process.stdout.write("chromium is missing; installing Debian's package\n");
  execFileSync("apt-get", ["update", "-qq"], { stdio: "inherit" });
  execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], {
    stdio: "inherit",
  });
}
