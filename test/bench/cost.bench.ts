import { cp } from "node:fs/promises";
import type { Bench, BenchOptions, BenchReport } from "./bench.ts";
import { cpuSeconds, startChild } from "./child.ts";
import { startBenchHub, until } from "./hub.ts";
import { type BenchProject, benchProject, SECRET } from "./project.ts";
import { alternate, of } from "./rounds.ts";
import { sendCustomers } from "./send.ts";
import { figure, lineThrough, median, within } from "./statistics.ts";

/** The same customers at every size: what grows is only the number of stored messages. */
const CUSTOMERS = 1_000;
const WARM = 1_000;

export const bench: Bench = {
  name: "cost",
  about: "processor time a message with 1k to 1M messages stored, against itself",
  run,
};

async function run(options: BenchOptions): Promise<BenchReport> {
  const most = options.rows ?? (options.quick ? 10_000 : 1_000_000);
  const sizes = [1_000, 10_000, 100_000, 1_000_000].filter((size) => size <= most);
  const measured = options.quick ? 2_000 : 6_000;
  const stores = await filledStores(sizes, options);
  const sides = [...stores].map(([size, project]) => ({
    name: `${size} stored`,
    run: () => cost(project, measured),
  }));
  const results = await alternate(sides, options.rounds, options.note, { warmUp: false });
  const points = sizes.map((size) => [Math.log10(size), median(of(results, `${size} stored`))] as const);
  const line = lineThrough(points);
  const [first10, last10] = [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 0];
  return {
    rows: sides.map(({ name }) => figure(name, "µs/message", of(results, name))),
    targets: [
      within("fitted cost at the most over that at the least", 0.8, 1.2, line.at(last10) / line.at(first10)),
    ],
    remarks: [
      "All threads of the hub, from /proc: accept over HTTP, map, apply, record. Each round works on a copy of the store.",
      "The line is fitted to the medians over the logarithm of the number stored.",
    ],
  };
}

/** Stores in which so many messages are done, by number. */
async function filledStores(
  sizes: readonly number[],
  { note }: BenchOptions,
): Promise<ReadonlyMap<number, BenchProject>> {
  const stores = new Map<number, BenchProject>();
  const first = await benchProject();
  await (await startBenchHub(first.dir)).stop();
  const child = await startChild("fill-child.ts", {}, { env: { BENCH_SECRET: SECRET } });
  const place = { dir: first.dir, data: first.data, flow: "customers", customers: CUSTOMERS };
  let stored = 0;
  for (const size of sizes) {
    note(`storing up to ${size} messages`);
    await child.ask({ ...place, from: stored, to: size });
    const hub = await startBenchHub(first.dir);
    await until(async () => (await hub.backlog()) === 0, { every: 100, atMost: 3_600_000 });
    await hub.stop();
    stored = size;
    const copy = await benchProject();
    await cp(first.data, copy.data, { recursive: true });
    stores.set(size, copy);
  }
  await child.end();
  await first.remove();
  return stores;
}

async function cost(filled: BenchProject, messages: number): Promise<number> {
  const project = await benchProject();
  await cp(filled.data, project.data, { recursive: true });
  const hub = await startBenchHub(project.dir);
  const done = (): Promise<void> => until(async () => (await hub.backlog()) === 0, { every: 100 });
  await send(hub.url, 5_000_000, 5_000_000 + WARM);
  await done();
  const before = cpuSeconds(hub.pid);
  await send(hub.url, 6_000_000, 6_000_000 + messages);
  await done();
  const used = cpuSeconds(hub.pid) - before;
  await hub.kill();
  await project.remove();
  return (used / messages) * 1e6;
}

/** Messages `from + 1` to `to`, each a further revision of one of the customers. */
async function send(url: string, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += CUSTOMERS) {
    const last = Math.min(CUSTOMERS, to - at);
    const revision = 1 + at / CUSTOMERS;
    await sendCustomers(url, { first: 1, last, revision, run: `cost-${at}` });
  }
}
