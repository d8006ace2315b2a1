import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BenchProject, benchProject } from "../bench/project.ts";

/** Where one customer in fifty goes besides the CRM: those who are blocked. */
export const TARGET = "desk.notes";

/** The project of the benches, of which some customers go out over HTTP too. @param url of the target */
export async function soakProject(url: string): Promise<BenchProject> {
  const project = await benchProject();
  const endpoint = `{ url: ${JSON.stringify(url)}, idempotent: true, timeout: 3000 }`;
  await appendFile(
    join(project.dir, "tieline.yaml"),
    `  desk:\n    connector: billing\n    settings:\n      endpoints:\n        notes: ${endpoint}\n`,
  );
  const flow = join(project.dir, "mappings/customers/flow.yaml");
  const route = `  - to: crm.customer\n  - to: ${TARGET}\n    when: status = 'blocked'\n`;
  const text = (await readFile(flow, "utf8")).replace("  - to: crm.customer\n", route);
  // Else what failed twice would keep a short run waiting for a minute at its end.
  await writeFile(
    flow,
    text.replace("data: park", "data: park, transient: { retries: 8, backoff: 1s..10s }"),
  );
  return project;
}
