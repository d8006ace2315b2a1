import type { Failure } from "../errors.ts";
import type { State } from "../message/outcome.ts";
import type { HeldLanes } from "./lane-table.ts";

/** A message on its way in. Its place is drawn by the store when it is inserted. */
export interface NewMessage {
  readonly flow: number;
  readonly flowVersion: number;
  readonly lane: number;
  readonly key: string | null;
  /** The system it came from; for a topic's message the system whose record caused it. */
  readonly system: string;
  readonly acceptedAt: number;
  /** Raw bytes as received; null when they lie in a file. */
  readonly body: Uint8Array | null;
  readonly contentType: string | null;
  readonly headers: Readonly<Record<string, string>> | null;
  /** The sender's id for the happening, with what is needed to recognise it again. */
  readonly event: { readonly id: string; readonly hash: Uint8Array; readonly expires: number } | null;
  /** Place of the record in a file, instead of a body. */
  readonly slice: FileSlice | null;
  /** Place of the message whose transform published this one. */
  readonly cause: number | null;
  /** How many topics it has passed; a loop is cut at 16. */
  readonly hops: number;
  readonly traceparent: string | null;
  /** Where it begins; "queued" unless it is stored because it failed or was finished in its file. */
  readonly state?: State;
  readonly outcomes?: Readonly<Record<string, string>>;
  readonly failure?: Failure;
  readonly nextAt?: number;
  readonly attempts?: number;
}

export interface FileSlice {
  readonly file: number;
  readonly row: number;
  readonly line: number;
  readonly offset: number;
  readonly length: number;
}

/** A stored message as the worker claims it. */
export interface StoredMessage {
  readonly place: number;
  readonly flow: number;
  readonly flowVersion: number;
  readonly key: string | null;
  readonly system: string;
  readonly acceptedAt: number;
  readonly body: Uint8Array | null;
  readonly contentType: string | null;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly slice: FileSlice | null;
  readonly cause: number | null;
  readonly hops: number;
  readonly attempts: number;
  /** 0 the first time; n for the n-th replay. */
  readonly replay: number;
  /** On a replay: which routes it is for (empty = all), and whether older-than-applied is applied all the same. */
  readonly plan: ReplayPlan | null;
}

export interface ReplayPlan {
  readonly routes: readonly string[];
  readonly allowStale: boolean;
}

/** What happened to one claimed message. */
export interface MessageChange {
  readonly place: number;
  readonly state: State;
  readonly attempts: number;
  readonly nextAt: number | null;
  readonly failure: Failure | null;
  /** Outcome by route, for the routes that end within the transform. */
  readonly outcomes: Readonly<Record<string, string>> | null;
  readonly at: number;
}

export interface EventHit {
  readonly message: number;
  readonly hash: Uint8Array;
}

/** Places without a gap, both ends among them. */
export interface Places {
  readonly first: number;
  readonly last: number;
}

export interface MessageTable {
  /** Inserts in order and gives the places, which rise. The caller has settled duplicates by `events` before. */
  insert(messages: readonly NewMessage[]): Promise<readonly number[]>;
  /** Known event ids of a flow, not yet expired at `now`; by id. */
  events(flow: number, ids: readonly string[], now: number): Promise<ReadonlyMap<string, EventHit>>;
  /**
   * Queued messages of a flow with their bodies, in place order, whose place is above `after`.
   * @param of only those of these lanes; without it, of all. From many lanes each gives a share first, so that places
   *   rise within a lane, and none of a lane is left out before one that is given
   */
  queued(flow: number, after: number, limit: number, of?: HeldLanes): Promise<readonly StoredMessage[]>;
  /** Whether a flow's first queued messages are those of all these places. */
  areNext(flow: number, places: Places): Promise<boolean>;
  /** Whether all these messages are queued. */
  areQueued(places: readonly number[]): Promise<boolean>;
  /** Those of the flows that have queued messages. */
  withQueued(flows: readonly number[]): Promise<readonly number[]>;
  /** One message, whatever its state. */
  get(
    place: number,
  ): Promise<(StoredMessage & { readonly state: State; readonly failure: Failure | null }) | undefined>;
  change(changes: readonly MessageChange[]): Promise<void>;
  /** All messages of these places, queued and never tried before, are done, and end alike. */
  end(places: Places, outcomes: Readonly<Record<string, string>>, at: number): Promise<void>;
  /** Waiting messages whose time has come go back to the queue. Gives the flows touched. */
  wake(now: number, of?: HeldLanes): Promise<readonly number[]>;
  /** When the next waiting message or delivery is due; null when none waits. */
  nextWake(of?: HeldLanes): Promise<number | null>;
  /** Older messages of a key that wait or are parked or held, ended as superseded by a newer state. Gives them. */
  supersede(
    flow: number,
    keys: readonly { readonly key: string; readonly before: number }[],
    at: number,
  ): Promise<readonly SupersededMessage[]>;
  /** Marks a key so that what follows on this scope is held. Scope: a route's id, or minus a flow's id. */
  block(scope: number, key: string, by: number, since: number): Promise<void>;
  /** Clears the mark when `by` set it; held messages (scope < 0) or deliveries (scope > 0) of the key return to the queue. */
  unblock(scope: number, key: string, by: number): Promise<boolean>;
  blocked(): Promise<readonly { readonly scope: number; readonly key: string; readonly by: number }[]>;
  /** Messages by what a person asks for, oldest first. */
  select(selection: MessageSelection, limit: number): Promise<readonly SelectedMessage[]>;
  /** Puts finished, parked or rejected messages on the queue again, with the given flow version. */
  replay(places: readonly number[], flowVersion: number, plan: ReplayPlan): Promise<void>;
  /** Frees the event ids of messages that were rejected or discarded; one that a newer message has taken stays. */
  freeEvents(places: readonly number[]): Promise<void>;
  /** Messages not yet done, per flow. */
  open(): Promise<readonly { readonly flow: number; readonly n: number }[]>;
  /** Whether a flow version still has messages under way. */
  openOnVersion(flowVersion: number): Promise<boolean>;
  /**
   * The W3C `traceparent` that each message came with, or the message that caused it, by place. Those that came with none
   * are left out.
   */
  traceparents(places: readonly number[]): Promise<ReadonlyMap<number, string>>;
  /** Adds lines to the history of messages. Only `flow/trail.ts` calls this. */
  trail(entries: readonly TrailEntry[]): Promise<void>;
}

export interface SupersededMessage {
  readonly place: number;
  readonly file: number | null;
  readonly state: State;
}

export interface TrailEntry {
  readonly message: number;
  readonly at: number;
  readonly step: string;
  readonly detail: string | null;
}

/** All given conditions must hold. Times are of acceptance, milliseconds since 1970. */
export interface MessageSelection {
  readonly places?: readonly number[];
  readonly flow?: number;
  /** "parked" also finds messages with a parked delivery. */
  readonly state?: "parked" | "rejected" | "done";
  readonly code?: string;
  readonly key?: string;
  readonly file?: number;
  readonly since?: number;
  readonly until?: number;
}

export interface SelectedMessage {
  readonly place: number;
  readonly flow: number;
  readonly flowVersion: number;
  readonly key: string | null;
  readonly state: State;
  readonly outcomes: Readonly<Record<string, string>> | null;
  readonly file: number | null;
  readonly acceptedAt: number;
  /** Of its last replay, as with a stored message. */
  readonly replay: number;
  readonly plan: ReplayPlan | null;
}
