import { parentPort, workerData } from "node:worker_threads";
import { serveEngine } from "./control/rpc.ts";
import { type RunningEngine, startEngine } from "./engine.ts";
import { asHubError } from "./errors.ts";
import { folderWatch } from "./intake/folder-watch.ts";
import { mapperDoor } from "./mapper-host.ts";
import { prepareLibrary } from "./mapping/library.ts";
import { openCounters } from "./observe/counter.ts";
import { openLogger } from "./observe/logger.ts";
import { openTracing } from "./observe/open-tracing.ts";
import { openProject } from "./project.ts";
import { readerDoor } from "./reader-host.ts";
import type { FromEngine, ThreadStart, ToEngine } from "./thread.ts";

/** The engine's thread: starts it, serves the front's calls, says how it is, stops it when asked. */
const STATUS_MS = 250;
/** What may be needed later is loaded when the first that waited for the start is served. */
const QUIET_MS = 1_000;

const port = parentPort;
if (port === null) throw new Error("engine-thread.ts runs as a worker thread only");
const start = workerData as ThreadStart;
const post = (message: FromEngine): void => port.postMessage(message);

async function main(): Promise<void> {
  const logger = openLogger(start.logLevel);
  const project = await openProject(start.project);
  const engine = await startEngine({
    settings: project.settings,
    role: start.role,
    systems: project.systems,
    gates: project.gates,
    project,
    projectChanged: folderWatch(project.folders),
    logger,
    counters: openCounters(),
    tracing: await openTracing(logger),
    openReader: readerDoor(),
    openMapper: mapperDoor(),
    onFlows: (flows) =>
      post({
        kind: "flows",
        flows: flows.map((flow) => ({
          id: flow.id,
          version: flow.version,
          hash: flow.hash,
          definition: flow.definition,
        })),
      }),
    lost: fail,
    waiting: ({ message, cure }) => post({ kind: "waiting", message, cure }),
  });
  const wire = serveEngine(start.port, engine);
  const status = setInterval(() => {
    engine
      .status()
      .then(wire.push, (error: unknown) => logger.error({ code: asHubError(error).code }, "no status"));
  }, STATUS_MS);
  wire.push(await engine.status());
  post({ kind: "ready", fresh: engine.fresh });
  setTimeout(prepareLibrary, QUIET_MS).unref();
  port?.on("message", (message: ToEngine) => {
    if (message.kind === "stop") void stop(engine, status);
  });
}

async function stop(engine: RunningEngine, status: NodeJS.Timeout): Promise<void> {
  clearInterval(status);
  await engine.stop();
  post({ kind: "stopped" });
  start.port.close();
  port?.close();
}

function fail(thrown: unknown): void {
  const error = asHubError(thrown);
  const stack = error.cause instanceof Error ? (error.cause.stack ?? "") : "";
  post({
    kind: "failed",
    code: error.code,
    message: error.message,
    cure: error.cure,
    issues: error.issues,
    stack,
  });
}

main().catch(fail);
