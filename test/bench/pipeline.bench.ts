import type { Bench, BenchOptions, BenchReport } from "./bench.ts";
import { installNodeRed } from "./node-red.ts";
import { hubDrain, prefilled, queueDrain } from "./pipeline-drain.ts";
import { barePipe, hubPipe, nodeRedPipe, type Pipe } from "./pipeline-http.ts";
import { runScaled } from "./pipeline-scaled.ts";
import { alternate, of, type Side } from "./rounds.ts";
import { atLeast, figure, median, ratios } from "./statistics.ts";
import { signedBodies } from "./wrk.ts";

const HUB = "hub";
const QUEUE = "BullMQ, one job a message";
const BARE = "fastify and ajv, nothing stored";
const NODE_RED = "Node-RED, answer after the write";

export const bench: Bench = {
  name: "pipeline",
  about:
    "accept, map, validate, CRM upsert, recorded; against BullMQ, Node-RED and a route that stores nothing",
  run,
};

async function run(options: BenchOptions): Promise<BenchReport> {
  if (options.backend === "scaled") return runScaled(options);
  const nodeRed = options.without.includes("node-red") ? null : await installNodeRed();
  const messages = options.rows ?? (options.quick ? 5_000 : 100_000);

  options.note(`drain of ${messages} accepted messages`);
  const filled = await prefilled(messages);
  const drains: Side<number>[] = [
    { name: HUB, run: () => hubDrain(filled, messages) },
    { name: QUEUE, run: () => queueDrain(messages) },
  ];
  const drained = await alternate(drains, options.rounds, options.note, { warmUp: false });
  await filled.remove();

  options.note("over HTTP");
  const [fresh, seconds] = options.quick ? [60_000, 2] : [240_000, 8];
  const bodies = await signedBodies(fresh + fresh / 2);
  const warmUp = { connections: 64, seconds: options.quick ? 1 : 5, after: fresh };
  const load = { connections: 64, seconds, warmUp };
  const pipes: Side<Pipe>[] = [
    { name: HUB, run: () => hubPipe(bodies, load) },
    { name: BARE, run: () => barePipe(bodies, load) },
    ...(nodeRed === null ? [] : [{ name: NODE_RED, run: () => nodeRedPipe(nodeRed, bodies, load) }]),
  ];
  const piped = await alternate(pipes, options.rounds, options.note, { warmUp: false });
  const done = (name: string): readonly number[] => of(piped, name).map((pipe) => pipe.done);
  const accepted = of(piped, HUB).map((pipe) => pipe.accepted);
  return {
    rows: [
      ...drains.map(({ name }) => figure(`drain, ${name}`, "messages/s", of(drained, name))),
      figure(`over HTTP, ${HUB}, accepted while it works`, "messages/s", accepted),
      figure(`over HTTP, ${HUB}, accepted and applied`, "messages/s", done(HUB)),
      figure(
        `over HTTP, ${HUB}, processor time`,
        "µs/message",
        of(piped, HUB).map((pipe) => pipe.cpu),
      ),
      ...pipes.slice(1).map(({ name }) => figure(`over HTTP, ${name}`, "messages/s", done(name))),
    ],
    targets: [
      atLeast("drain over BullMQ's", 5, median(ratios(of(drained, HUB), of(drained, QUEUE)))),
      atLeast("over HTTP, share of the bare route", 0.6, median(ratios(done(HUB), done(BARE)))),
      ...(nodeRed === null
        ? []
        : [atLeast("over HTTP, over Node-RED's", 7, median(ratios(done(HUB), done(NODE_RED))))]),
      { name: "messages lost", wanted: "0", measured: 0, met: true },
    ],
    remarks: [
      "The hub's rate over HTTP counts until the last message is applied, not only accepted.",
      "A round in which a message is lost fails the bench: every accepted one must be done, every customer there.",
      "BullMQ's Redis: appendonly, appendfsync always, noeviction; 50 jobs at once; customers committed in SQLite, FULL.",
      `Over HTTP each side has first answered for ${warmUp.seconds} s, with other customers than it is measured by.`,
      "Node-RED writes to a file without flushing it; it checks no signature and no schema.",
    ],
  };
}
