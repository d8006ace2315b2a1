import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { FromMapper, Mapper, MapperDoor, ToMapper } from "./intake/mapper.ts";

/** The program of the mapper's thread: compiled code, which is the only code a thread runs. */
const PROGRAM = new URL("./mapper-thread.js", import.meta.url);

/** Mappers, each in a thread of its own. A machine with one processor has none. */
export function mapperDoor(program: URL = PROGRAM, processors: number = availableParallelism()): MapperDoor {
  return (start) => {
    if (processors < 2) return undefined;
    const worker = new Worker(program, {
      workerData: start,
      // Little grows old here; a mapping that needs more runs in the engine.
      resourceLimits: { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 48 },
    });
    // Nobody waits for it: an engine that stops lets it go.
    worker.unref();
    return mapperOf(worker);
  };
}

function mapperOf(worker: Worker): Mapper {
  return {
    send: (message: ToMapper) => worker.postMessage(message, message.kind === "lot" ? [message.bytes] : []),
    listen(take, gone) {
      worker.on("message", (message: FromMapper) => take(message));
      worker.on("error", gone);
      worker.on("exit", (code) => gone(new Error(`exit code ${code}`)));
    },
    async close() {
      await worker.terminate();
    },
  };
}
