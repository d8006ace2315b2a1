import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bench, BenchOptions, BenchReport } from "./bench.ts";
import { FAILING, fillHistory } from "./history-fill.ts";
import { type Request, requests } from "./history-requests.ts";
import { type BenchHub, startBenchHub } from "./hub.ts";
import { benchProject } from "./project.ts";
import { alternate, of } from "./rounds.ts";
import { atMost, figure, median, quantile, ratios } from "./statistics.ts";

/** What the lists are compared with. */
const FEW = 50_000;
const MOST_RATIO = 2;
/** Any screen is there within this, whatever is stored; milliseconds. */
const MOST_MS = 300;

export const bench: Bench = {
  name: "history",
  about: "lists, searches and counts of the API over 5,000,000 stored messages, against 50,000",
  run,
};

/** Milliseconds of each request, by its name. */
type Times = ReadonlyMap<string, readonly number[]>;

interface Side {
  readonly hub: BenchHub;
  readonly asked: readonly Request[];
}

async function run(options: BenchOptions): Promise<BenchReport> {
  const many = options.rows ?? (options.quick ? 500_000 : 5_000_000);
  const sides = { few: await openSide(FEW, options), many: await openSide(many, options) };
  const results = await alternate<Times>(
    [
      { name: "few", run: () => measure(sides.few) },
      { name: "many", run: () => measure(sides.many) },
    ],
    options.rounds,
    options.note,
  );
  await sides.few.hub.stop();
  await sides.many.hub.stop();
  const names = sides.many.asked.map(({ name }) => name);
  const at = (side: string, name: string, q: number): readonly number[] =>
    of(results, side).map((times) => quantile(times.get(name) ?? [], q));
  const slowest = Math.max(...names.map((name) => median(at("many", name, 0.95))));
  return {
    rows: names.flatMap((name) => [
      figure(`${name}, ${FEW}`, "ms", at("few", name, 0.5)),
      figure(`${name}, ${many}`, "ms", at("many", name, 0.5)),
    ]),
    targets: [
      ...names.map((name) => {
        const ratio = median(ratios(at("many", name, 0.5), at("few", name, 0.5)));
        return atMost(`${name}, ${many} over ${FEW}`, MOST_RATIO, ratio);
      }),
      atMost("the slowest of all, p95 in milliseconds", MOST_MS, slowest),
    ],
    remarks: [
      `Both have ${FAILING} parked and as many rejected messages, evenly spread: what waits for a person is the same, what is over differs.`,
      "A message came every two seconds, so that more of them are a longer time (50,000 fill a day). Rows were made by the database in the hub's own tables; hub and API are as users run them, over HTTP, one request at a time.",
    ],
  };
}

async function openSide(messages: number, { note }: BenchOptions): Promise<Side> {
  const project = await benchProject(2);
  await addRoute(project.dir);
  // The first start makes the tables and stores the flows.
  await (await startBenchHub(project.dir)).stop();
  const until = Date.now();
  const started = performance.now();
  await fillHistory({ data: project.data, messages, until, note });
  note(`${messages} messages stored in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  const hub = await startBenchHub(project.dir);
  const { items } = await hub.get<{ readonly items: readonly { readonly fingerprint: string }[] }>(
    "/error-groups",
  );
  const { fingerprint } = items.at(-1) ?? { fingerprint: "0".repeat(12) };
  return { hub, asked: requests({ messages, until, fingerprint }) };
}

/** The last flow's customers go to another system too. */
async function addRoute(dir: string): Promise<void> {
  const hub = join(dir, "tieline.yaml");
  const systems = await readFile(hub, "utf8");
  const endpoint =
    "endpoints:\n        customer: { url: http://127.0.0.1:9/, idempotent: true }\n      webhooks:";
  await writeFile(hub, systems.replace("webhooks:", endpoint));
  const flow = join(dir, "mappings/customers-2/flow.yaml");
  const text = await readFile(flow, "utf8");
  await writeFile(
    flow,
    text.replace("  - to: crm.customer\n", "  - to: crm.customer\n  - to: shop.customer\n"),
  );
}

async function measure({ hub, asked }: Side): Promise<Times> {
  const times = new Map<string, readonly number[]>();
  for (const { name, paths } of asked) {
    const taken: number[] = [];
    for (const path of paths) {
      const started = performance.now();
      await hub.get(path);
      taken.push(performance.now() - started);
    }
    times.set(name, taken);
  }
  return times;
}
