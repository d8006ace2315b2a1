import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { cpuSeconds, peakMemory } from "./child.ts";
import { COLUMNS, shopCsv } from "./customer.ts";
import { type BenchHub, startBenchHub, until } from "./hub.ts";
import { type BenchProject, benchProject } from "./project.ts";

export interface HubLoad {
  /** Rows per second: into an empty repository, all the same again, a few changed. */
  readonly first: number;
  readonly unchanged: number;
  readonly changed: number;
  /** MiB, whole process, over all three. */
  readonly peak: number;
  /** Microseconds of processor time a row of the first load. */
  readonly cpu: number;
}

interface FileState {
  readonly id: number;
  readonly name: string;
  readonly state: string;
  readonly rows: number;
  readonly books: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Three files through one hub. @throws Error when the books of one are not as they must be */
export async function hubBatch(rows: number, share: number): Promise<HubLoad> {
  const project = await benchProject();
  const hub = await startBenchHub(project.dir);
  const changed = Math.ceil(rows * share);
  const cpuBefore = cpuSeconds(hub.pid);
  const first = await load(project, hub, { name: "1.csv", rows, changed: 0, expect: { applied: rows } });
  const cpu = ((cpuSeconds(hub.pid) - cpuBefore) / rows) * 1e6;
  // A row more, or the ledger of files would know it as the same file.
  const again = await load(project, hub, {
    ...{ name: "2.csv", rows: rows + 1, changed: 0 },
    expect: { applied: 1, unchanged: rows },
  });
  const third = await load(project, hub, {
    ...{ name: "3.csv", rows: rows + 1, changed },
    expect: { applied: changed, unchanged: rows + 1 - changed },
  });
  const peak = peakMemory(hub.pid);
  await hub.kill();
  await project.remove();
  return { first: rows / first, unchanged: (rows + 1) / again, changed: (rows + 1) / third, peak, cpu };
}

interface Drop {
  readonly name: string;
  readonly rows: number;
  readonly changed: number;
  readonly expect: Readonly<Record<string, number>>;
}

/** Seconds from the file's arrival until its last row is committed. */
async function load(project: BenchProject, hub: BenchHub, drop: Drop): Promise<number> {
  const written = join(project.dir, drop.name);
  await writeCsv(written, drop.rows, drop.changed);
  const started = performance.now();
  await rename(written, join(project.inbox, drop.name));
  let last: FileState | undefined;
  await until(
    async () => {
      const { items } = await hub.get<{ readonly items: readonly FileState[] }>("/files?limit=1");
      last = items.find((file) => file.name === drop.name);
      return last !== undefined && last.state !== "running";
    },
    { every: 50, atMost: 3_600_000 },
  );
  const seconds = (performance.now() - started) / 1000;
  const books = last?.books["crm.customer"] ?? {};
  for (const [outcome, count] of Object.entries(drop.expect)) {
    if (last?.state !== "done" || books[outcome] !== count)
      throw new Error(`${drop.name}: ${count} ${outcome} expected, the file is ${JSON.stringify(last)}`);
  }
  return seconds;
}

/** The changed rows are spread over the file. */
async function writeCsv(path: string, rows: number, changed: number): Promise<void> {
  const out = createWriteStream(path);
  out.write(`${COLUMNS.join(";")}\n`);
  const every = changed === 0 ? Number.POSITIVE_INFINITY : Math.floor(rows / changed);
  let left = changed;
  for (let n = 1; n <= rows; n++) {
    const change = left > 0 && n % every === 0;
    if (change) left -= 1;
    if (!out.write(shopCsv(n, change ? 1 : 0))) await once(out, "drain");
  }
  out.end();
  await once(out, "finish");
}
