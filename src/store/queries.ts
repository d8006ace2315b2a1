import type { Failure } from "../errors.ts";
import type { Cause } from "../message/cause.ts";
import type { Exchange } from "../message/exchange.ts";
import type { Kept } from "../message/kept.ts";
import type { Outcome, State } from "../message/outcome.ts";
import type { AccessReads } from "./access-table.ts";
import type { AlertRow } from "./alert-table.ts";
import type { ChainedEntry } from "./audit-table.ts";
import type { BundleRow, BundleState } from "./bundle-table.ts";
import type { Attempt } from "./delivery-table.ts";
import type { Books, FileRow, FileState } from "./file-table.ts";
import type { FileSlice, ReplayPlan, TrailEntry } from "./message-table.ts";
import type { RetentionState } from "./retention-table.ts";
import type { SlotRow } from "./slot-table.ts";

/**
 * The read port: what people and their tools look at. It reads committed rows only, never blocks the writer, and its
 * cost does not grow with what is stored: every list follows an index, newest first, and gives up after a fixed number
 * of rows looked at. A page may therefore be shorter than asked for; `next` null alone says that nothing follows.
 */
export interface Queries {
  /** @throws HubError TL_NOT_FOUND when the filter names a flow or a route the store does not know */
  messages(filter: MessageFilter, page: Page): Promise<Paged<MessageSummary>>;
  message(place: number): Promise<MessageDetail | undefined>;
  /** The bytes as received: all of them or the first `limit`; for a row of a file where they lie. */
  raw(place: number, limit: number | null): Promise<RawBody | undefined>;
  files(filter: FileFilter, page: Page): Promise<Paged<FileSummary>>;
  file(id: number): Promise<FileSummary | undefined>;
  /** Rows of a file that failed and are not mended, by row number; `before` of the page means "after this row". */
  rejects(file: number, page: Page): Promise<Paged<RejectedRow>>;
  /** Files of routes that collect, newest first. @throws HubError TL_NOT_FOUND, as `messages` */
  bundles(filter: BundleFilter, page: Page): Promise<Paged<BundleSummary>>;
  slots(flow: string, page: Page): Promise<Paged<SlotRow>>;
  /** Books per route of a flow over a time span, milliseconds since 1970, `from` inclusive, `to` exclusive. */
  books(flow: string, from: number, to: number): Promise<FlowBooks>;
  /**
   * What was counted from `from` on (milliseconds since 1970, whole minutes), of every flow and route, in spans of `minutes`.
   * Follows the index over minutes, so its cost is that of the span.
   */
  traffic(from: number, minutes: number): Promise<readonly Traffic[]>;
  /** What a delivery sends: all of it or the first `limit` bytes. @param id as in `DeliveryDetail` */
  deliveryBody(id: number, limit: number): Promise<DeliveryBody | undefined>;
  /** Attempts of a delivery, newest first; undefined where there is no such delivery. @param delivery its id */
  attempts(delivery: number, page: Page<TryPoint>): Promise<DeliveryTries | undefined>;
  /** What was sent in an attempt and what came back; undefined where nothing is kept of it. */
  exchange(attempt: AttemptName): Promise<KeptExchange | undefined>;
  audit(page: Page): Promise<Paged<ChainedEntry>>;
  /** The audit log as it was written, oldest first, behind the entry `after`. */
  auditChain(after: number, limit: number): Promise<readonly ChainedEntry[]>;
  /** Who may use the hub. */
  readonly access: AccessReads;
  alerts(filter: AlertFilter, page: Page): Promise<Paged<AlertRow>>;
  /**
   * What fails, by cause: the cost is that of the causes and of so many members of each as are counted.
   * @throws HubError TL_NOT_FOUND, as `messages`
   */
  errorGroups(filter: ErrorGroupFilter): Promise<ErrorGroups>;
  /** Versions of a flow that the store has, newest first. */
  versions(flow: string): Promise<readonly FlowVersion[]>;
  /** The texts of a version by path, undefined when the store does not have it. */
  texts(flow: string, hash: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** How the queue spreads over the lanes, by its first 2,000 messages. */
  queuedLanes(): Promise<LaneBacklog>;
  /**
   * What waits: for each flow its messages not yet transformed, then for each route to a system its deliveries.
   * @param now milliseconds since 1970: what is muted is so until a time
   */
  pending(now: number): Promise<readonly Pending[]>;
  /** What is not done, counted as `messages` lists it: of each flow, and of each of its routes. */
  unfinished(): Promise<readonly Unfinished[]>;
  /** What files begun since then came to, by flow; of each flow that has ever read one. Milliseconds since 1970. */
  fileTotals(since: number): Promise<readonly FileTotals[]>;
  /** What was forgotten, and what is to be next. @param now milliseconds since 1970 */
  retention(now: number): Promise<RetentionState>;
  /** Whether a thing that is not there has been forgotten, or its number is one that such things had. */
  isForgotten(kind: Kept, number: number): Promise<boolean>;
  /** Reads one row. @throws HubError TL_STORE_FAILED */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface FlowVersion {
  readonly id: number;
  readonly hash: string;
  /** When it first came into force. */
  readonly deployedAt: number;
  readonly inForce: boolean;
}

export interface LaneBacklog {
  /** Lanes with something in the queue: more workers than that have nothing to do. */
  readonly lanes: number;
  /** Messages of the fullest lane. */
  readonly most: number;
}

export interface Pending {
  readonly flow: string;
  /** `system.sink` for deliveries; null for the messages of the flow. */
  readonly to: string | null;
  /** Since when the oldest that is to be worked on waits, milliseconds since 1970; null when none does. */
  readonly oldest: number | null;
  /** Those that wait for a person; at most 10,000 are counted. */
  readonly parked: number;
  /** Those among them whose cause nobody has muted, of which also at most 10,000 are counted. */
  readonly unmuted: number;
}

/** Messages of a flow, at most 10,000 of each are counted. */
export interface Unfinished {
  readonly flow: string;
  /** `system.sink`: those with a delivery there that is so; null: the flow's, on whatever part of their way. */
  readonly to: string | null;
  /** In the list of `state: "open"`. */
  readonly open: number;
  /** In the list of `state: "parked"`. */
  readonly parked: number;
}

/** The files of a flow that one list holds. */
export interface FileTotals {
  readonly flow: string;
  readonly files: number;
  /** Committed so far. */
  readonly rows: number;
  /** Their books added up: rows by route and outcome. */
  readonly books: Books;
}

/** `before` is the `next` of the page before; null for the first page. */
export interface Page<Point = number> {
  readonly before: Point | null;
  readonly limit: number;
}

export interface Paged<Item, Point = number> {
  readonly items: readonly Item[];
  readonly next: Point | null;
}

/** All given conditions must hold. */
export interface MessageFilter {
  readonly flow?: string;
  /**
   * The route that the other conditions are about, as `system.sink`: a delivery there is in the state, the end was
   * there. Alone, or with `done`: it went there, or is on its way.
   */
  readonly to?: string;
  /** The message, or one of its deliveries, is in this state; `done` means that all of them are, `open` that not all are. */
  readonly state?: State | "open";
  /** It ended by one of these, on one route at least. */
  readonly outcomes?: readonly Outcome[];
  /** It ended since then, on one route at least (by one of the outcomes, if some are given); milliseconds since 1970. */
  readonly endedSince?: number;
  readonly key?: string;
  /** Error code of the message or of one of its deliveries, while it stands. */
  readonly code?: string;
  /** Fails for this reason, and is not mended. */
  readonly cause?: Cause;
  readonly file?: number;
  /** Acceptance, milliseconds since 1970, both inclusive. */
  readonly since?: number;
  readonly until?: number;
}

export interface ErrorGroupFilter {
  /** `rejected` are rows that ended so and are not mended. */
  readonly state: "parked" | "rejected";
  readonly flow?: string;
  /** Those that are muted alone, or those that are not; undefined: all. */
  readonly muted?: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export interface ErrorGroups {
  readonly groups: readonly ErrorGroup[];
  /** False: there are more causes than are shown. */
  readonly complete: boolean;
}

/** Messages of a flow that fail for one reason. Times are milliseconds since 1970. */
export interface ErrorGroup {
  readonly flow: string;
  /** The route whose deliveries fail, as `system.sink`; null where the messages themselves do. */
  readonly to: string | null;
  readonly cause: Cause;
  /** Of the newest one, whose place is `sample`. */
  readonly failure: Failure;
  readonly sample: number;
  readonly count: number;
  /** There are more than were counted, which were the newest. */
  readonly more: boolean;
  /** Different ones among those counted. */
  readonly keys: number;
  /** When the oldest and the newest came: messages were accepted then, deliveries stored. */
  readonly oldest: number;
  readonly newest: number;
  /** Those that came in each of the last 24 hours up to now, oldest first. */
  readonly perHour: readonly number[];
  /** Whether somebody knows of it: who said so when, and until when, null: until the flow changes. */
  readonly muted: { readonly until: number | null; readonly by: string; readonly at: number } | null;
}

export interface MessageSummary {
  readonly place: number;
  readonly flow: string;
  readonly key: string | null;
  /** The least advanced of the message and its deliveries, parked before all. */
  readonly state: State;
  readonly acceptedAt: number;
  readonly finishedAt: number | null;
  readonly attempts: number;
  readonly replay: number;
  readonly file: number | null;
  readonly fileRow: number | null;
  /** Outcome by route, as far as known. */
  readonly outcomes: Readonly<Record<string, string>>;
  readonly failure: Failure | null;
}

export interface MessageDetail extends MessageSummary {
  /** The message's own state, without its deliveries'. */
  readonly ownState: State;
  readonly system: string;
  readonly event: string | null;
  readonly contentType: string | null;
  readonly headers: Readonly<Record<string, string>> | null;
  /** Bytes. */
  readonly size: number;
  readonly slice: FileSlice | null;
  readonly fileName: string | null;
  readonly cause: number | null;
  readonly hops: number;
  readonly nextAt: number | null;
  readonly plan: ReplayPlan | null;
  readonly traceparent: string | null;
  readonly version: { readonly id: number; readonly hash: string; readonly deployedAt: number } | null;
  readonly deliveries: readonly DeliveryDetail[];
  readonly trail: readonly TrailEntry[];
  /** Earlier and later messages of its key on its flow that are not done; at most 1,000 are counted. */
  readonly waitsBehind: number;
  readonly blocks: number;
  /** The message whose failure holds back this key on the whole flow. */
  readonly blockedBy: number | null;
}

/** Attempts of a delivery, before those that are shown with its message, are counted no further than this. */
export const MOST_EARLIER_TRIES = 1_000;

export interface DeliveryDetail {
  readonly id: number;
  readonly to: string;
  readonly state: State;
  readonly outcome: string | null;
  readonly replay: number;
  readonly attempts: number;
  readonly createdAt: number;
  readonly nextAt: number | null;
  readonly finishedAt: number | null;
  readonly failure: Failure | null;
  readonly answer: string | null;
  /** The newest attempts. */
  readonly tries: Paged<Try, TryPoint>;
  /** Attempts before those; no more than `MOST_EARLIER_TRIES` are counted. */
  readonly earlierTries: number;
  /** The delivery whose failure holds back this key on this route. */
  readonly blockedBy: number | null;
}

/** An attempt as it is listed. */
export interface Try extends Omit<Attempt, "exchange"> {
  /** Whether it is kept what was sent and what came back. */
  readonly exchanged: boolean;
}

/** Where an attempt stands among those of its delivery; some begin in the same millisecond. */
export type TryPoint = Pick<Attempt, "startedAt" | "attempt">;

export interface DeliveryTries extends Paged<Try, TryPoint> {
  readonly message: number;
}

/** Attempts that are not counted share their number, so that the time is of the name. */
export type AttemptName = Pick<Attempt, "delivery" | "attempt" | "startedAt">;

export interface KeptExchange {
  readonly message: number;
  readonly exchange: Exchange;
  /** What the delivery's body was then: its first 64 KB. */
  readonly body: Uint8Array;
  /** Bytes of the whole; null: it is not known any more. */
  readonly size: number | null;
}

export type RawBody =
  | { readonly contentType: string | null; readonly size: number; readonly body: Uint8Array }
  | { readonly contentType: null; readonly size: number; readonly slice: FileSlice; readonly text: string };

export interface FileFilter {
  readonly flow?: string;
  readonly state?: FileState;
  /** Begun then or later, milliseconds since 1970. */
  readonly since?: number;
}

export interface AlertFilter {
  /** Only those that are not resolved. */
  readonly firing?: boolean;
}

export interface BundleFilter {
  readonly flow?: string;
  readonly state?: BundleState;
}

/** `to` is the route, as `system.sink`. */
export type BundleSummary = Omit<BundleRow, "flow"> & { readonly flow: string; readonly to: string };

export type FileSummary = Omit<FileRow, "flow"> & { readonly flow: string };

export interface RejectedRow {
  readonly place: number;
  readonly key: string | null;
  readonly slice: FileSlice;
  readonly failure: Failure;
}

export interface FlowBooks {
  readonly accepted: number;
  /** Happenings that came again; they are not among the accepted. */
  readonly duplicate: number;
  readonly refused: number;
  readonly routes: readonly RouteBooks[];
}

export interface Traffic {
  readonly flow: string;
  /** The route, as `system.sink` or `topic:<name>`; null for the flow as a whole. */
  readonly to: string | null;
  /** `accepted`, `duplicate` and `refused` of the flow as a whole; else how deliveries and effects of its routes ended. */
  readonly outcome: string;
  /** Begin of the span, milliseconds since 1970. */
  readonly at: number;
  readonly n: number;
}

export interface DeliveryBody {
  readonly message: number;
  /** Bytes. */
  readonly size: number;
  readonly body: Uint8Array;
}

/** opening + in = the sum of the outcomes + closing (invariant I4). */
export interface RouteBooks {
  readonly to: string;
  readonly opening: number;
  readonly in: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly closing: number;
}
