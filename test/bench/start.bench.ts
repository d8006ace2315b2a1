import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { request } from "node:http";
import { freePort } from "../faults/hub-process.ts";
import type { Bench, BenchOptions, BenchReport } from "./bench.ts";
import { shopJson } from "./customer.ts";
import { type BenchProject, benchProject, SECRET, signature } from "./project.ts";
import { alternate, of } from "./rounds.ts";
import { atMost, figure, median, ratios } from "./statistics.ts";
import { atEnd } from "./temporary.ts";
import { PATH } from "./wrk.ts";

const FLOWS = 50;
const MAIN = new URL("../../dist/src/main.js", import.meta.url).pathname;
const NODE = "node -e 0";
const WARM = "hub, data folder of the run before";
const COLD = "hub, new data folder";

export const bench: Bench = {
  name: "start",
  about: `hub with ${FLOWS} flows from its start to the first message accepted, against node -e 0`,
  run,
};

async function run(options: BenchOptions): Promise<BenchReport> {
  const project = await benchProject(FLOWS - 2);
  const sides = [
    { name: NODE, run: bareNode },
    {
      name: COLD,
      run: async () => {
        await rm(project.data, { recursive: true, force: true });
        return hub(project);
      },
    },
    { name: WARM, run: () => hub(project) },
  ];
  const results = await alternate(sides, options.rounds, options.note);
  await project.remove();
  return {
    rows: sides.map(({ name }) => figure(name, "ms", of(results, name))),
    targets: [atMost("warm start over node -e 0", 10, median(ratios(of(results, WARM), of(results, NODE))))],
    remarks: [
      `${FLOWS} flows, each with its own mapping and schemas; the clock stops at the first 2xx of a signed message.`,
      "Cold is a new data folder, so that every flow is stored first; files are in the system's cache both times.",
    ],
  };
}

async function bareNode(): Promise<number> {
  const started = performance.now();
  await once(spawn(process.execPath, ["-e", "0"], { stdio: "ignore" }), "exit");
  return performance.now() - started;
}

let count = 0;

async function hub(project: BenchProject): Promise<number> {
  const port = await freePort();
  const env = { PATH: process.env["PATH"] ?? "", BENCH_SECRET: SECRET, TIELINE_LISTEN: `127.0.0.1:${port}` };
  const started = performance.now();
  const child = spawn(process.execPath, [MAIN, "start", "--dir", project.dir, "--empty"], {
    env,
    stdio: "ignore",
  });
  const exit = once(child, "exit");
  const kill = atEnd(async () => {
    child.kill("SIGKILL");
    await exit;
  });
  while (!(await accepted(port))) {
    if (child.exitCode !== null) throw new Error(`the hub ended with code ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const milliseconds = performance.now() - started;
  await kill();
  return milliseconds;
}

/** Whether a message is acknowledged; false as long as nobody listens or the flow is not in force. */
async function accepted(port: number): Promise<boolean> {
  count += 1;
  const body = shopJson(count);
  const headers = {
    "content-type": "application/json",
    "x-signature": signature(body),
    "x-event": `start-${count}`,
  };
  return new Promise((resolve) => {
    const asked = request({ host: "127.0.0.1", port, path: PATH, method: "POST", headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 202);
    });
    asked.on("error", () => resolve(false));
    asked.end(body);
  });
}
