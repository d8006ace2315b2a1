import { execFileSync } from "node:child_process";
import { chmodSync, closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** A disk of its own that a fault may fill: a file system in memory. */
export interface SmallDisk {
  /** Writes until nothing more fits; gives the bytes it took. */
  fill(): number;
  /** What `fill` wrote is gone. */
  free(): void;
  close(): void;
}

const PIECE = 64 * 1024;

/** @throws Error where the process may not mount one: that needs root */
export function mountSmallDisk(folder: string, mebibytes: number): SmallDisk {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", folder], { stdio: "pipe" });
  } catch {
    throw new Error("a small disk cannot be mounted here: run this fault as root");
  }
  chmodSync(folder, 0o777);
  const junk = join(folder, "junk");
  return {
    fill() {
      const file = openSync(junk, "a");
      let bytes = 0;
      for (let size = PIECE; size >= 1; ) {
        try {
          bytes += writeSync(file, Buffer.alloc(size));
        } catch {
          size = Math.floor(size / 2);
        }
      }
      closeSync(file);
      return bytes;
    },
    free: () => rmSync(junk, { force: true }),
    close: () => void execFileSync("umount", ["-l", folder]),
  };
}
