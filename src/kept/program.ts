import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What the program was built of, as the bundler writes it in; code that is not bundled has none. */
declare const TIELINE_BUILD: string | undefined;

let known: string | null = null;

/** Changes with every change of the program and of Node, so that what another one kept is never taken. */
export function programHash(): string {
  known ??= createHash("sha256")
    .update(`${process.version} ${process.arch}\n`)
    .update(typeof TIELINE_BUILD === "string" ? TIELINE_BUILD : sourcesHash())
    .digest("hex");
  return known;
}

function sourcesHash(): string {
  const hash = createHash("sha256");
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const files = readdirSync(root, { recursive: true, encoding: "utf8" });
  for (const file of files.filter((name) => /\.[jt]s$/.test(name)).sort())
    hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest("hex");
}
