import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Look } from "../../src/alert/look.ts";
import { openSqliteStore } from "../../src/backend/sqlite/store.ts";
import type { AlertRule } from "../../src/config/hub-settings.ts";
import type { Store } from "../../src/store/store.ts";
import { flowStatus } from "../api/setup.ts";

export const MINUTE = 60_000;
export const T0 = 1_800_000_000_000;

export function rule(change: Partial<AlertRule> & Pick<AlertRule, "when">): AlertRule {
  return { name: change.when, flow: null, system: null, above: 0, for: 0, clear: MINUTE, ...change };
}

/** A hub in which all is well, but for what is given. */
export function look(change: Partial<Look> = {}, status: Partial<Look["status"]> = {}): Look {
  return {
    now: T0,
    status: {
      ...{ at: T0, stopping: false, diskFree: 5 * 1024 ** 2, diskLow: false, backlog: 0, backlogFull: false },
      ...{ lanes: 256, duty: true, flows: [flowStatus(1, "orders"), flowStatus(2, "calls")], counters: {} },
      ...status,
    },
    pending: [],
    traffic: async () => [],
    lastSlot: async () => undefined,
    ...change,
  };
}

export async function withStore(work: (store: Store) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "alert-"));
  const store = openSqliteStore(folder);
  try {
    await work(store);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
}
