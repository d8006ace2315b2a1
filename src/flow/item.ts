import type { HubError } from "../errors.ts";
import type { FileSlice, ReplayPlan } from "../store/message-table.ts";
import type { Prepared } from "./compile.ts";

/** One record between decoding and its transform's transaction: a stored message, or a row of a file. */
export interface Item {
  /** Null for a file row that is not stored as a message. */
  readonly place: number | null;
  readonly slice: FileSlice | null;
  readonly key: string | null;
  readonly system: string;
  readonly acceptedAt: number;
  readonly attempts: number;
  readonly replay: number;
  readonly plan: ReplayPlan | null;
  readonly hops: number;
  /** Hash of (record bytes, flow version), for the unchanged check of files; null for messages. */
  readonly hash: string | null;
  /** "unchanged": the same bytes were applied before by the same flow version, so nothing was mapped. */
  readonly result: Prepared | HubError | "unchanged";
}

/** What became of an item: how each route stands after the commit. */
export interface ItemEnd {
  /** By route: an outcome, or "waiting" while it is not finished there. */
  readonly routes: Readonly<Record<string, string>>;
}
