import { request } from "undici";
import type { Bench, BenchOptions, BenchReport } from "./bench.ts";
import { startChild } from "./child.ts";
import { shopJson } from "./customer.ts";
import { startBenchHub } from "./hub.ts";
import { benchProject, signature } from "./project.ts";
import { alternate, of } from "./rounds.ts";
import { atMost, figure, median, quantile, ratios } from "./statistics.ts";
import { temporaryFolder } from "./temporary.ts";
import { PATH } from "./wrk.ts";

const RATE = 200;
const ACCEPTED = "hub, sent to accepted";
const APPLIED = "hub, sent to applied in the CRM";
const BARE = "one bare commit";

export const bench: Bench = {
  name: "latency",
  about: `sent to applied in the CRM at ${RATE} messages a second, against one bare commit`,
  run,
};

interface Delays {
  readonly accepted: readonly number[];
  readonly applied: readonly number[];
}

async function run(options: BenchOptions): Promise<BenchReport> {
  const seconds = options.quick ? 3 : 15;
  const results = await alternate<Delays>(
    [
      { name: APPLIED, run: () => hubDelays(seconds) },
      { name: BARE, run: () => commitDelays(seconds) },
    ],
    options.rounds,
    options.note,
    { warmUp: false },
  );
  const at = (name: string, what: keyof Delays, q: number): readonly number[] =>
    of(results, name).map((delays) => quantile(delays[what], q));
  const pair = (name: string, side: string, what: keyof Delays) => [
    figure(`${name}, p50`, "ms", at(side, what, 0.5)),
    figure(`${name}, p99`, "ms", at(side, what, 0.99)),
  ];
  const commit = at(BARE, "applied", 0.5);
  return {
    rows: [
      ...pair(ACCEPTED, APPLIED, "accepted"),
      ...pair(APPLIED, APPLIED, "applied"),
      ...pair(BARE, BARE, "applied"),
    ],
    targets: [
      atMost("p50 over the median bare commit", 10, median(ratios(at(APPLIED, "applied", 0.5), commit))),
      atMost("p99 over the median bare commit", 30, median(ratios(at(APPLIED, "applied", 0.99), commit))),
    ],
    remarks: [
      "Over HTTP, from the moment the request is written until another process sees the committed row; it looks every quarter of a millisecond.",
      "The bare commit is one row of 1 KB in the same kind of database, at the same pace.",
    ],
  };
}

async function hubDelays(seconds: number): Promise<Delays> {
  const project = await benchProject();
  const hub = await startBenchHub(project.dir);
  const watcher = await startChild("latency-child.ts", { folder: project.data });
  await pace(1, (n) => send(hub.url, n));
  await watcher.ask({ watch: true });
  const sent: bigint[] = [];
  const accepted: number[] = [];
  const first = RATE + 1;
  await pace(seconds, async (n) => {
    const started = process.hrtime.bigint();
    sent[n] = started;
    await send(hub.url, first + n);
    accepted.push(milliseconds(started, process.hrtime.bigint()));
  });
  const seen = await watcher.ask<ReadonlyMap<string, bigint>>({ watched: RATE * seconds, first });
  const applied = sent.map((started, n) => {
    const when = seen.get(`latency-${first + n}`);
    if (when === undefined) throw new Error("a message that was acknowledged was not applied");
    return milliseconds(started, when);
  });
  await watcher.end();
  await hub.kill();
  await project.remove();
  return { accepted, applied };
}

async function commitDelays(seconds: number): Promise<Delays> {
  const folder = await temporaryFolder("commit");
  const child = await startChild("latency-child.ts", { folder: folder.path, create: true });
  const applied = await child.ask<readonly number[]>({ commits: RATE * seconds, every: 1000 / RATE });
  await child.end();
  await folder.remove();
  return { accepted: applied, applied };
}

/** Starts one piece of work every 1/RATE second, whether or not the one before is over; resolves when all are. */
async function pace(seconds: number, work: (n: number) => Promise<void>): Promise<void> {
  const begun: Promise<void>[] = [];
  const started = performance.now();
  while (begun.length < RATE * seconds) {
    const wait = started + (begun.length * 1000) / RATE - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    begun.push(work(begun.length));
  }
  await Promise.all(begun);
}

async function send(url: string, n: number): Promise<void> {
  const body = shopJson(n);
  const headers = {
    "content-type": "application/json",
    "x-signature": signature(body),
    "x-event": `latency-${n}`,
  };
  const answer = await request(`${url}${PATH}`, { method: "POST", headers, body });
  await answer.body.dump();
  if (answer.statusCode !== 202) throw new Error(`a message was answered with ${answer.statusCode}`);
}

function milliseconds(from: bigint, to: bigint): number {
  return Number(to - from) / 1e6;
}
