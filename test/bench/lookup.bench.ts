import { request } from "undici";
import type { Bench, BenchOptions, BenchReport } from "./bench.ts";
import { startChild } from "./child.ts";
import { shopCustomer } from "./customer.ts";
import { startBenchHub } from "./hub.ts";
import { benchProject } from "./project.ts";
import { alternate, of } from "./rounds.ts";
import { atMost, figure, median, quantile, ratios } from "./statistics.ts";

const VIEW = "customer view by telephone";
const BARE = "the same queries, bare";
const HTTP = "over HTTP, one caller";

export const bench: Bench = {
  name: "lookup",
  about: "a caller's number to the whole customer view, against the same queries without it",
  run,
};

interface Times {
  readonly p50: number;
  readonly p99: number;
}

async function run(options: BenchOptions): Promise<BenchReport> {
  const customers = options.rows ?? (options.quick ? 20_000 : 1_000_000);
  const lookups = options.quick ? 2_000 : 20_000;
  const project = await benchProject();
  options.note(`loading ${customers} customers`);
  const child = await startChild("lookup-child.ts", { folder: project.data });
  await child.ask({ load: customers });
  const results = await alternate<Times>(
    [
      { name: VIEW, run: () => child.ask({ read: "view", lookups, customers }) },
      { name: BARE, run: () => child.ask({ read: "bare", lookups, customers }) },
    ],
    options.rounds,
    options.note,
  );
  await child.end();
  const http = await overHttp(project.dir, customers, options);
  await project.remove();
  const quantiles = (name: string, values: readonly Times[]) => [
    figure(
      `${name}, p50`,
      "µs",
      values.map((one) => one.p50),
    ),
    figure(
      `${name}, p99`,
      "µs",
      values.map((one) => one.p99),
    ),
  ];
  return {
    rows: [
      ...quantiles(VIEW, of(results, VIEW)),
      ...quantiles(BARE, of(results, BARE)),
      ...quantiles(HTTP, http),
    ],
    targets: [
      atMost(
        "p99 of the view over that of its queries",
        3,
        median(
          ratios(
            of(results, VIEW).map((one) => one.p99),
            of(results, BARE).map((one) => one.p99),
          ),
        ),
      ),
      atMost("p99 over HTTP, ms", 10, median(http.map((one) => one.p99)) / 1000),
    ],
    remarks: [
      `${customers} customers with two numbers and an address each; numbers are picked at random, spelled as people spell them.`,
      "Bare: the statements that the view runs, with the same values, their rows thrown away.",
    ],
  };
}

/** A hub that does nothing else, one request after another. */
async function overHttp(dir: string, customers: number, options: BenchOptions): Promise<readonly Times[]> {
  const hub = await startBenchHub(dir);
  const rounds: Times[] = [];
  for (let round = 0; round <= options.rounds; round++) {
    const times: number[] = [];
    for (let count = 0; count < (options.quick ? 500 : 3_000); count++) {
      const { phone = "" } = shopCustomer(1 + Math.floor(Math.random() * customers));
      const started = performance.now();
      const answer = await request(`${hub.url}/api/v1/customers?phone=${encodeURIComponent(phone)}`, {
        headers: hub.headers,
      });
      const found = (await answer.body.json()) as { readonly items?: readonly unknown[] };
      times.push((performance.now() - started) * 1000);
      if (found.items?.length !== 1)
        throw new Error(`a look-up was answered with ${answer.statusCode}, not one customer`);
    }
    if (round > 0) rounds.push({ p50: quantile(times, 0.5), p99: quantile(times, 0.99) });
    options.note(`round ${round}, ${HTTP}`);
  }
  await hub.kill();
  return rounds;
}
