import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FaultProject } from "./project.ts";

/** Puts a whole file into the inbox, as a careful sender does: written elsewhere, then renamed. */
export async function drop(project: FaultProject, name: string, content: string | Uint8Array): Promise<void> {
  const aside = join(project.dir, `.${name}.sending`);
  await writeFile(aside, content);
  await rename(aside, join(project.inbox, name));
}

/** Rows of customers `<prefix>1` … as CSV with its header. @param version of every row */
export function customerRows(prefix: string, count: number, version = 1): string {
  const lines = ["id;version;name;email"];
  for (let n = 1; n <= count; n++) lines.push(`${prefix}${n};${version};Name ${n};${prefix}${n}@example.org`);
  return `${lines.join("\n")}\n`;
}
