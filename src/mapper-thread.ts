import { parentPort, workerData } from "node:worker_threads";
import { mapLots } from "./intake/map-lots.ts";
import type { FromMapper, MapperStart, ToMapper } from "./intake/mapper.ts";
import { keepCompiledIn } from "./kept/store.ts";

/** The mapper's thread: maps messages while the engine stores them, and ends when the engine lets it go. It opens no store. */
const port = parentPort;
if (port === null) throw new Error("mapper-thread.ts runs as a worker thread only");
const start = workerData as MapperStart;

keepCompiledIn(start.compiled);
mapLots(
  {
    send: (message: FromMapper) =>
      port.postMessage(message, message.kind === "mapped" ? [message.rows.texts] : []),
    listen: (take) => {
      port.on("message", (message: ToMapper) => take(message));
    },
  },
  start.shadow,
);
