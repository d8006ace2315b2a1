import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { FromReader, Reader, ReaderDoor, Reading, ToReader } from "./intake/reader.ts";

/** Bytes that are worth a thread of their own: it takes about as long to start as to read them. */
const WORTH = 1024 * 1024;

/** The program of the reader's thread: compiled code, which is the only code a thread runs. */
const PROGRAM = new URL("./reader-thread.js", import.meta.url);

/**
 * Readers, each in a thread of its own, one at a time: a second would only take the processor from the engine.
 * A machine with one processor has none.
 */
export function readerDoor(
  program: URL = PROGRAM,
  worth: number = WORTH,
  processors: number = availableParallelism(),
): ReaderDoor {
  let busy = false;
  return (reading) => {
    if (busy || processors < 2 || reading.size < worth) return undefined;
    busy = true;
    return openReader(program, reading, () => {
      busy = false;
    });
  };
}

function openReader(program: URL, reading: Reading, closed: () => void): Reader {
  const worker = new Worker(program, {
    workerData: reading,
    // Little grows old here, and a small limit keeps its garbage small; a mapping that needs more runs in the engine.
    resourceLimits: { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 48 },
  });
  worker.once("exit", closed);
  // Nobody waits for it: an engine that stops lets it go.
  worker.unref();
  return {
    send: (message: ToReader) => worker.postMessage(message, message.kind === "spare" ? [message.texts] : []),
    listen(take, gone) {
      worker.on("message", (message: FromReader) => take(message));
      worker.on("error", gone);
      worker.on("exit", (code) => gone(new Error(`exit code ${code}`)));
    },
    async close() {
      await worker.terminate();
    },
  };
}
