import { MessageChannel, Worker } from "node:worker_threads";
import type { Role } from "./config/role.ts";
import { connectEngine, type RemoteEngine } from "./control/rpc.ts";
import { HubError } from "./errors.ts";
import type { LogLevel } from "./observe/logger.ts";
import type { FlowInForce, FromEngine, ProjectPlace, ThreadStart } from "./thread.ts";

/** How long an engine may take to stop before it is left behind, as a crash would; what was acknowledged is stored. */
const STOP_MS = 20_000;

/** The engine's thread, as the front holds it. */
export interface EngineThread {
  readonly engine: RemoteEngine;
  /** Resolves when the engine accepts; rejects when it cannot. */
  readonly ready: Promise<{ readonly fresh: boolean }>;
  flows(): readonly FlowInForce[];
  stopping(): boolean;
  markStopping(): void;
  stop(): Promise<void>;
  readonly done: Promise<void>;
}

/**
 * Starts it and returns at once; `ready` tells the rest.
 * @param print told what it waits for, for the person who started it
 * @param asked aborted when the hub is to stop: an engine that still waits for its store has nothing to finish
 */
export function startThread(
  place: ProjectPlace,
  logLevel: LogLevel,
  role: Role,
  print: (line: string) => void,
  asked: AbortSignal,
): EngineThread {
  const { port1, port2 } = new MessageChannel();
  const start: ThreadStart = { project: place, logLevel, role, port: port2 };
  const worker = new Worker(new URL("./engine-thread.js", import.meta.url), {
    workerData: start,
    transferList: [port2],
    // Rows live as long as their chunk, and should die young; still more room is memory held, not time won.
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
  });
  const engine = connectEngine(port1);
  let flows: readonly FlowInForce[] = [];
  let stopping = false;
  let waiting = false;
  const giveUp = (): void => {
    if (waiting && asked.aborted) void worker.terminate();
  };
  asked.addEventListener("abort", giveUp, { once: true });
  let ended: () => void = () => undefined;
  let failed: (error: HubError) => void = () => undefined;
  const done = new Promise<void>((resolve, reject) => {
    ended = resolve;
    failed = reject;
  });
  done.catch(() => undefined);
  const ready = new Promise<{ readonly fresh: boolean }>((accepts, refused) => {
    worker.on("message", (message: FromEngine) => {
      switch (message.kind) {
        case "flows":
          flows = message.flows;
          return;
        case "ready":
          waiting = false;
          return accepts(message);
        case "waiting":
          waiting = true;
          print(`Waiting: ${message.message}. ${message.cure}`);
          return giveUp();
        case "stopped":
          return ended();
        case "failed": {
          const error = new HubError(message.code, message.message, {
            cure: message.cure,
            issues: message.issues,
          });
          refused(error);
          return failed(error);
        }
      }
    });
    const gone = (reason: string): void => {
      const error = new HubError("TL_STOPPING", `the engine ended: ${reason}`);
      engine.fail(error);
      refused(error);
      if (stopping) ended();
      else failed(error);
    };
    worker.on("error", (error) => gone(error.name));
    worker.on("exit", (code) => gone(`exit code ${code}`));
  });
  ready.catch(() => undefined);
  return {
    engine,
    ready,
    flows: () => flows,
    stopping: () => stopping,
    markStopping: () => {
      stopping = true;
    },
    async stop() {
      stopping = true;
      worker.postMessage({ kind: "stop" });
      await inTime(done.catch(() => undefined));
      port1.close();
      await worker.terminate();
    },
    done,
  };
}

async function inTime(done: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, STOP_MS);
  });
  await Promise.race([done, late]);
  clearTimeout(timer);
}
