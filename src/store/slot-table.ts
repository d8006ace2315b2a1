/** One planned run of a schedule. `UNIQUE(flow, at)` makes it run once, whatever clocks do (invariant I7). */
export interface SlotRow {
  readonly flow: number;
  /** Milliseconds since 1970 of the planned instant. */
  readonly at: number;
  readonly state: "running" | "done" | "skipped" | "failed";
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly detail: string | null;
}

export interface SlotTable {
  /** Takes the slot. False: somebody has it already. */
  take(
    flow: number,
    at: number,
    state: "running" | "skipped",
    now: number,
    detail: string | null,
  ): Promise<boolean>;
  finish(
    flow: number,
    at: number,
    state: "done" | "failed",
    now: number,
    detail: string | null,
  ): Promise<void>;
  /** Asks who has the duty to run a flow now. */
  ask(flow: number): Promise<void>;
  /** The flows that were asked for, each once. */
  takeAsked(): Promise<readonly number[]>;
  last(flow: number): Promise<SlotRow | undefined>;
  running(): Promise<readonly SlotRow[]>;
}
