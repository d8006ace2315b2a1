import type { EngineStatus } from "../control/engine.ts";
import type { Pending, Queries, Traffic } from "../store/queries.ts";

/** What rules judge: the hub's state, and what was counted. Read once for all rules. */
export interface Look {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly status: EngineStatus;
  readonly pending: readonly Pending[];
  /** Counts of the last so many milliseconds. */
  readonly traffic: (lasts: number) => Promise<readonly Traffic[]>;
  /** The newest slot of a flow that has any. */
  readonly lastSlot: (flow: string) => Promise<{ readonly at: number; readonly state: string } | undefined>;
}

/** Counts are asked for in spans of a tenth of the time, so that a long one is not read minute by minute. */
const SPANS = 10;

/** Looks at the hub. */
export async function lookAt(queries: Queries, status: EngineStatus, now: number): Promise<Look> {
  const counted = new Map<number, Promise<readonly Traffic[]>>();
  return {
    now,
    status,
    pending: await queries.pending(now),
    traffic(lasts) {
      const known = counted.get(lasts);
      if (known !== undefined) return known;
      const from = Math.floor((now - lasts) / 60_000) * 60_000;
      const asked = queries.traffic(from, Math.max(1, Math.round(lasts / SPANS / 60_000)));
      counted.set(lasts, asked);
      return asked;
    },
    async lastSlot(flow) {
      const { items } = await queries.slots(flow, { before: null, limit: 1 });
      return items[0];
    },
  };
}
