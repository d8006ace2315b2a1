import type { Failure } from "../errors.ts";
import type { Exchange } from "../message/exchange.ts";
import type { Outcome, State } from "../message/outcome.ts";
import type { HeldLanes } from "./lane-table.ts";

/** One message for one route to an outside system, as the transform inserts it. */
export interface NewDelivery {
  readonly message: number;
  readonly flow: number;
  readonly route: number;
  readonly lane: number;
  readonly key: string | null;
  readonly version: string | number | null;
  readonly replay: number;
  readonly allowStale: boolean;
  /** UTF-8 JSON, fixed now so that every attempt sends the same bytes. */
  readonly body: Uint8Array;
  readonly createdAt: number;
  readonly file: number | null;
}

export interface StoredDelivery extends NewDelivery {
  /** Rises with every delivery; the target's sequence. */
  readonly id: number;
  readonly state: State;
  readonly attempts: number;
}

export interface DeliveryChange {
  readonly id: number;
  readonly state: State;
  readonly attempts: number;
  readonly nextAt: number | null;
  readonly outcome: Outcome | null;
  readonly failure: Failure | null;
  readonly answer: string | null;
  readonly at: number;
}

export interface Attempt {
  readonly delivery: number;
  readonly attempt: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly code: string | null;
  readonly answer: string | null;
  /** What is kept of it, without secrets; null: nothing was sent, or nobody told. */
  readonly exchange: Exchange | null;
}

/** What a route last applied for a key; an older one is stale. */
export interface RouteKey {
  readonly key: string;
  readonly message: number;
  readonly version: string | number | null;
}

export interface DeliveryTable {
  insert(deliveries: readonly NewDelivery[]): Promise<void>;
  /**
   * Queued deliveries of a route in order, above `after`.
   * @param of only those of these lanes; without it, of all. See `MessageTable.queued`
   */
  queued(route: number, after: number, limit: number, of?: HeldLanes): Promise<readonly StoredDelivery[]>;
  /** How many of a route are queued, of all lanes; counts no further than `most`. */
  countQueued(route: number, most: number): Promise<number>;
  /** Deliveries begun and not finished, of targets that are not idempotent: in doubt after a crash. */
  sending(of?: HeldLanes): Promise<readonly StoredDelivery[]>;
  /** Those of these deliveries that are done. */
  done(ids: readonly number[]): Promise<ReadonlySet<number>>;
  ofMessage(message: number): Promise<readonly StoredDelivery[]>;
  change(changes: readonly DeliveryChange[]): Promise<void>;
  attempts(attempts: readonly Attempt[]): Promise<void>;
  /** Parked deliveries of replayed messages are held; each takes the number of the replay that its message has now. */
  holdForReplay(ids: readonly number[]): Promise<void>;
  /**
   * A held delivery is queued again, as another that keeps its id. Where it has another body by that, its attempts till now
   * keep the first 64 KB of the one they sent.
   */
  renew(id: number, delivery: NewDelivery): Promise<void>;
  wake(now: number, of?: HeldLanes): Promise<readonly number[]>;
  /** Older deliveries of (route, key) that are not done and not under way, ended as superseded. */
  supersede(
    route: number,
    keys: readonly { readonly key: string; readonly before: number }[],
    at: number,
  ): Promise<
    readonly {
      readonly id: number;
      readonly message: number;
      readonly file: number | null;
      readonly state: State;
    }[]
  >;
  lastApplied(route: number, keys: readonly string[]): Promise<ReadonlyMap<string, RouteKey>>;
  applied(route: number, rows: readonly RouteKey[]): Promise<void>;
  /** Deliveries not yet done, per route. */
  open(): Promise<readonly { readonly route: number; readonly n: number }[]>;
}
