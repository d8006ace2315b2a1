#!/usr/bin/env node
import { serveWorkbench } from "./api/workbench/server.ts";
import { inspectSqliteStore } from "./backend/sqlite/inspect.ts";
import { restoreSqliteStore } from "./backend/sqlite/restore.ts";
import { runCli } from "./cli/run-cli.ts";
import { programVersion } from "./cli/version.ts";
import { startHub } from "./hub.ts";

await runCli(process.argv, {
  startHub: (options) => startHub({ ...options, version: programVersion() }),
  restoreStore: async (from, to) => restoreSqliteStore(from, to),
  inspectStore: async (folder) => inspectSqliteStore(folder),
  serveMapping: serveWorkbench,
});
