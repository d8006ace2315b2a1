import { freePort } from "../faults/hub-process.ts";
import type { Bench, BenchOptions, BenchReport, Figure, Target } from "./bench.ts";
import { cpuSeconds, startChild } from "./child.ts";
import { startBenchHub } from "./hub.ts";
import { benchProject } from "./project.ts";
import { alternate, of, type Side } from "./rounds.ts";
import { atLeast, atMost, figure, median, ratios } from "./statistics.ts";
import { countStored } from "./stored.ts";
import { type Load, post, signedBodies } from "./wrk.ts";

const BARE = "fastify and ajv, nothing stored";
const ACCEPT = "hub, durable, accepting only";
const BOTH = "hub, durable, processing too";
/** Microseconds of processor time a request, all threads of the server: what is left of the figures on a busy machine. */
interface Served extends Load {
  readonly cpu: number;
}

const WANTED: Readonly<Record<number, number>> = { 256: 0.9, 64: 0.75, 16: 0.4 };

export const bench: Bench = {
  name: "accept",
  about: "durable 2xx over HTTP against the same route that stores nothing",
  run,
};

async function run(options: BenchOptions): Promise<BenchReport> {
  const bodies = await signedBodies(20_000);
  const seconds = options.quick ? 2 : 6;
  const rows: Figure[] = [];
  const targets: Target[] = [];
  for (const connections of [256, 64, 16]) {
    const load = { connections, seconds };
    const sides: Side<Served>[] = [
      { name: BARE, run: () => bareLoad(bodies, load) },
      { name: ACCEPT, run: () => hubLoad(bodies, load, true) },
      { name: BOTH, run: () => hubLoad(bodies, load, false) },
    ];
    options.note(`${connections} connections`);
    const results = await alternate(sides, options.rounds, options.note, { warmUp: false });
    const rate = (name: string): readonly number[] => of(results, name).map((one) => one.perSecond);
    const p99 = (name: string): readonly number[] => of(results, name).map((one) => one.p99);
    for (const { name } of sides) {
      rows.push(figure(`${connections} connections, ${name}`, "req/s", rate(name)));
      rows.push(figure(`${connections} connections, ${name}, p99`, "ms", p99(name)));
      const cpu = of(results, name).map((one) => one.cpu);
      rows.push(figure(`${connections} connections, ${name}, processor time`, "µs/req", cpu));
    }
    const share = median(ratios(rate(ACCEPT), rate(BARE)));
    targets.push(
      atLeast(`share of the bare route, ${connections} connections`, WANTED[connections] ?? 1, share),
    );
    if (connections === 256)
      targets.push(atMost("p99 over that of the bare route, 256", 3, median(ratios(p99(ACCEPT), p99(BARE)))));
  }
  return {
    rows,
    targets,
    remarks: [
      "Both verify an HMAC-SHA256 over the body; the hub also keeps the event id, to know repeats.",
      "After every round the hub is killed; each acknowledged request must be in its database.",
      "Client (wrk), front and engine share the cores: the bare route has one busy thread, the hub two.",
    ],
  };
}

interface LoadOptions {
  readonly connections: number;
  readonly seconds: number;
}

async function measured(pid: number, url: string, bodies: string, load: LoadOptions): Promise<Served> {
  const before = cpuSeconds(pid);
  const seen = await post(url, bodies, load);
  return { ...seen, cpu: ((cpuSeconds(pid) - before) / seen.requests) * 1e6 };
}

async function bareLoad(bodies: string, load: LoadOptions): Promise<Served> {
  const port = await freePort();
  const server = await startChild("bare-server.ts", { port });
  const url = `http://127.0.0.1:${port}`;
  await post(url, bodies, { ...load, seconds: 1 });
  const seen = await measured(server.pid, url, bodies, load);
  await server.end();
  return seen;
}

async function hubLoad(bodies: string, load: LoadOptions, acceptOnly: boolean): Promise<Served> {
  const project = await benchProject();
  const hub = await startBenchHub(project.dir);
  if (acceptOnly) await hub.post("/flows/customers/pause", { what: "deliver" });
  const warm = await post(hub.url, bodies, { ...load, seconds: 1 });
  const seen = await measured(hub.pid, hub.url, bodies, load);
  await hub.kill();
  const stored = await countStored(project.data, "SELECT count(*) AS n FROM message");
  const acknowledged = warm.requests + seen.requests;
  if (stored < acknowledged) throw new Error(`${acknowledged - stored} acknowledged requests are lost`);
  await project.remove();
  return seen;
}
