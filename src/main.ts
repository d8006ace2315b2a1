#!/usr/bin/env node
import { runCli } from "./cli/run-cli.ts";
import { programVersion } from "./cli/version.ts";

// Each command loads what it needs and no more: most of a short command's time would go into loading the rest.
await runCli(process.argv, {
  startHub: async (options) => {
    const { startHub } = await import("./hub.ts");
    return startHub({ ...options, version: programVersion() });
  },
  restoreStore: async (from, to) => {
    const { restoreStore } = await import("./backends.ts");
    return restoreStore(from, to);
  },
  moveStore: async (from, to, progress) => {
    const { moveStore } = await import("./backends.ts");
    return moveStore(from, to, progress);
  },
  inspectStore: async (storage) => {
    const { inspectStore } = await import("./backends.ts");
    return inspectStore(storage);
  },
  inspectDispatch: async (dispatch) => {
    const { inspectDispatch } = await import("./backends.ts");
    return inspectDispatch(dispatch);
  },
  serveMapping: async (options) => {
    const { serveWorkbench } = await import("./api/workbench/server.ts");
    return serveWorkbench(options);
  },
});
