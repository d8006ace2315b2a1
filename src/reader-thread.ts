import { parentPort, workerData } from "node:worker_threads";
import { readFile } from "./intake/read-file.ts";
import type { FromReader, Reading, ToReader } from "./intake/reader.ts";
import { keepCompiledIn } from "./kept/store.ts";

/** The reader's thread: reads one file ahead of the engine, and ends when the engine lets it go. It opens no store. */
const port = parentPort;
if (port === null) throw new Error("reader-thread.ts runs as a worker thread only");
const reading = workerData as Reading;

keepCompiledIn(reading.compiled);
await readFile(reading, {
  send: (message: FromReader) =>
    port.postMessage(message, message.kind === "rows" ? [message.rows.texts] : []),
  listen: (take) => {
    port.on("message", (message: ToReader) => take(message));
  },
});
