import type { FlowRow } from "../store/flow-table.ts";

/** Which flows people have paused, as the store said last. */
export interface Pauses {
  /** Whether a flow takes new items. */
  accepting(flow: number): boolean;
  /** Whether stored messages of a flow are worked on. */
  running(flow: number): boolean;
  learn(rows: readonly FlowRow[]): void;
}

export function pauses(): Pauses {
  let accepting: ReadonlySet<number> = new Set();
  let running: ReadonlySet<number> = new Set();
  return {
    accepting: (flow) => !accepting.has(flow),
    running: (flow) => !running.has(flow),
    learn(rows) {
      accepting = new Set(rows.filter((row) => !row.accepting).map((row) => row.id));
      running = new Set(rows.filter((row) => !row.running).map((row) => row.id));
    },
  };
}
