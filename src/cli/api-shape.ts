import type { Failure, Issue } from "../errors.ts";
import type { JsonObject } from "../message/json.ts";

/** What the commands read of the API's answers; the API may say more. Times are RFC 3339 in UTC. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** `cursor` of the next page; null alone says that nothing follows, a page may be short. */
  readonly next: number | string | null;
}

export interface Items<Item> {
  readonly items: readonly Item[];
}

export interface MessageSummary {
  readonly id: string;
  readonly flow: string;
  readonly key: string | null;
  readonly state: string;
  readonly outcomes: Readonly<Record<string, string>>;
  readonly acceptedAt: string;
  readonly attempts: number;
  readonly failure: Failure | null;
  readonly file: number | null;
  readonly row: number | null;
}

export interface MessageDetail extends MessageSummary {
  readonly system: string;
  readonly event: string | null;
  readonly contentType: string | null;
  readonly size: number;
  readonly place: {
    readonly file: number;
    readonly name: string | null;
    readonly row: number;
    readonly line: number;
  } | null;
  readonly version: { readonly hash: string } | null;
  readonly waitsBehind: number;
  readonly blocks: number;
  readonly blockedBy: string | null;
  readonly deliveries: readonly {
    readonly id: string;
    readonly to: string;
    readonly state: string;
    readonly outcome: string | null;
    readonly attempts: number;
    readonly nextAt: string | null;
    readonly answer: string | null;
    readonly failure: Failure | null;
    readonly sequence: number;
    /** The newest. */
    readonly tries: Page<AttemptEntry>;
    /** Attempts before those, as far as they are counted. */
    readonly earlierTries: number;
  }[];
  readonly trail: readonly {
    readonly at: string;
    readonly step: string;
    readonly route: string | null;
    readonly detail: string | null;
  }[];
}

/** An attempt as it is listed. */
export interface AttemptEntry {
  readonly attempt: number;
  readonly startedAt: string;
  readonly code: string | null;
  readonly exchanged: boolean;
}

/** What an attempt sent and what came back. */
export interface MessageExchange {
  readonly attempt: number;
  readonly sent: SaidShape;
  readonly answered: SaidShape | null;
  readonly curl: string | null;
}

export interface SaidShape {
  readonly line: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly body: { readonly text: string; readonly size: number | null } | null;
}

export interface FlowState {
  readonly name: string;
  readonly description: string;
  readonly hash: string | null;
  readonly accepting: boolean;
  /** Whether stored messages are worked on. */
  readonly running: boolean;
  readonly open: number;
  readonly problem: string | null;
  readonly problems: readonly Issue[];
  readonly routes: readonly {
    readonly to: string;
    readonly stopped: string | null;
    readonly waitingUntil: string | null;
    readonly open: number;
  }[];
  readonly nextSlot: string | null;
  readonly source: SourceState | null;
}

/** The source that the hub asks or listens to. */
export interface SourceState {
  readonly name: string;
  readonly kind: string;
  readonly state: string;
  readonly cursor: string | null;
  readonly movedAt: string | null;
  readonly failure: Failure | null;
  readonly nextAt: string | null;
  readonly collected: number;
}

export interface FileRun {
  readonly id: number;
  readonly flow: string;
  readonly name: string;
  readonly size: number;
  readonly state: string;
  readonly rows: number;
  /** Share of the file that is committed, 0 to 1. */
  readonly progress: number;
  readonly books: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly failure: Failure | null;
  readonly duplicateOf: number | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

/** A file that a route with `collect` has written, or is to write. */
export interface WrittenFile {
  readonly id: number;
  readonly flow: string;
  /** The route, as `system.sink`. */
  readonly to: string;
  readonly slot: string;
  readonly part: number;
  readonly state: string;
  readonly rows: number;
  /** Its name and size, once it is written. */
  readonly answer: string | null;
  readonly failure: Failure | null;
  readonly finishedAt: string | null;
}

/** Where a value came from. */
export interface ShownOrigin {
  readonly system: string;
  readonly id: string;
  readonly message: string | null;
  readonly file: number | null;
  readonly row: number | null;
  readonly at: string;
}

export interface CustomerFound {
  readonly id: string;
  readonly name: string | null;
  readonly status: string | null;
  readonly updatedAt: string;
}

export interface CustomerShown extends CustomerFound {
  readonly alive: boolean;
  readonly golden: JsonObject;
  /** By field; for a list entry by entry. */
  readonly provenance: Readonly<Record<string, ShownOrigin | readonly ShownOrigin[]>>;
  readonly externalIds: readonly {
    readonly system: string;
    readonly id: string;
    readonly version: string | number | null;
    readonly deleted: boolean;
  }[];
  readonly possibleMatches: readonly { readonly id: string; readonly name: string | null }[];
  readonly history: Items<HistoryFound>;
}

/** One thing of a customer's history, or of nobody's. */
export interface HistoryFound {
  readonly entity: string;
  readonly system: string;
  readonly id: string;
  readonly at: string;
  readonly values: JsonObject;
}

export interface HubState {
  readonly version: string;
  readonly stopping: boolean;
  readonly diskFree: number;
  readonly diskLow: boolean;
  readonly backlog: number;
  readonly backlogFull: boolean;
  readonly lanes: number;
  readonly duty: boolean;
}

export interface SystemEntry {
  readonly name: string;
  readonly connector: string;
  /** Those that the hub asks or listens to, each with the flow that reads it. */
  readonly sources: readonly (SourceState & { readonly flow: string })[];
  /** Null: it has no limits. */
  readonly gate: {
    readonly breaker: string | null;
    readonly opensIn: number | null;
    readonly recent: number | null;
  } | null;
}

export interface SystemCheck {
  readonly ok: boolean;
  readonly failure: Failure | null;
}

export interface AlertEntry {
  readonly id: number;
  readonly rule: string;
  readonly subject: string;
  readonly detail: string;
  readonly state: "firing" | "resolved";
  readonly firedAt: string;
  readonly resolvedAt: string | null;
  readonly acknowledgedBy: string | null;
  readonly mutedUntil: string | null;
}

export interface ErrorGroup {
  readonly fingerprint: string;
  readonly flow: string;
  readonly to: string | null;
  readonly state: string;
  readonly failure: Failure;
  readonly count: number;
  readonly more: boolean;
  readonly newest: string;
  readonly muted: { readonly until: string | null; readonly by: string } | null;
}

export interface AlertTest {
  readonly to: string;
  readonly failure: Failure | null;
}
