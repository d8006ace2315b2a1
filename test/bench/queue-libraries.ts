import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { PeerMissing } from "./bench.ts";

/** The last lines that run on Node 20. */
const VERSIONS = { "pg-boss": "10.4.2", "graphile-worker": "0.16.6" } as const;

/**
 * Installs the queues that keep their jobs in PostgreSQL beside the project, once for all runs. Gives the folder to
 * require them from.
 * @throws PeerMissing
 */
export async function installQueues(): Promise<string> {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const wanted = Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`);
  const folder = join(cache, "tieline-bench", wanted.join("+"));
  const there = Object.keys(VERSIONS).every((name) => existsSync(join(folder, "node_modules", name)));
  if (there) return folder;
  await mkdir(folder, { recursive: true });
  const args = ["install", "--prefix", folder, "--no-audit", "--no-fund", ...wanted];
  await promisify(execFile)("npm", args, { cwd: folder }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message.split("\n")[0] : "unknown";
    throw new PeerMissing(`${wanted.join(" and ")} cannot be installed (${why})`);
  });
  return folder;
}
