import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the installed package, from its sources as well as from the compiled program. */
export function packageRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; dirname(folder) !== folder; folder = dirname(folder)) {
    if (existsSync(join(folder, "schemas", "tieline", "flow.schema.json"))) return folder;
  }
  throw new Error(`the published schemas are missing above ${start}; install the package again`);
}
