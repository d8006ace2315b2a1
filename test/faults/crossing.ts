import type { TcpProxy } from "../fakes/tcp-proxy.ts";
import type { Books, RecordRow } from "./books.ts";
import type { Check, FaultRun } from "./fault.ts";
import type { HubProcess } from "./hub-process.ts";
import type { Happening } from "./producer.ts";

/** Systems of one kind that a hub reads from, and in most cases writes to, over a line that a fault breaks. */
export interface LineKind {
  /** As in the names of its faults: `AMQP` of F20-AMQP. */
  readonly name: string;
  /** As in their titles: `a broker (AMQP)`. */
  readonly peer: string;
  /** Faults of the matrix that are played on it. */
  readonly faults: readonly string[];
  /** Bytes that eight notes bring over the line, roughly. */
  readonly bytes: number;
  /** Milliseconds, each way, by which all is late on a line that is slow; default 500. */
  readonly slow?: number;
  /** Seconds within which the connector takes a line that says nothing any more for dead, and makes another. */
  readonly deadAfter: number;
  /** What answers in the peer's place and does not speak its protocol is taken for wrong settings. */
  readonly strict?: true;
  /** @param idempotent whether the target knows a note when it comes again */
  open(run: FaultRun, idempotent: boolean): Promise<Crossing>;
}

/** A peer at work, with all that a hub is told of it. */
export interface Crossing {
  readonly connector: string;
  readonly line: Line;
  /** Secrets that the settings name. */
  readonly env: Readonly<Record<string, string>>;
  readonly from: WayIn;
  /** Null: nothing is written by this kind. */
  readonly to: WayOut | null;
  close(): Promise<void>;
}

/** The line between hub and peer. */
export type Line = Pick<
  TcpProxy,
  "made" | "cut" | "mend" | "cutAfter" | "slow" | "hush" | "babble" | "garble"
>;

/** What a producer gives to the peer, and the hub reads there. */
export interface WayIn {
  /** Of the system `from`. */
  readonly settings: object;
  /** What is read, each by a flow of its own, as a flow's `source` says it: `in`, or `records, poll: 1s`. */
  readonly reads: readonly string[];
  /** Lines of the flows in the place of those for a record that is a note. */
  readonly flow?: { readonly format?: string; readonly order?: string; readonly map?: string };
  /** Places where a hub that is at work on it may be made to die. */
  readonly deaths: readonly string[];
  /** Resolves when the peer has them. */
  put(notes: readonly Happening[]): Promise<void>;
  /** All that was put comes once more; gives how many the hub's books are to count as duplicates for it. */
  again(hub: HubProcess): Promise<number>;
  /** How many the peer still keeps for the hub; 0 once the hub has said that it has them. */
  left(): Promise<number>;
  /** The note that a record of the CRM is of, when it says all that is to be said of it; default its external id. */
  noteOf?(record: RecordRow): string | null;
  /** A note comes in several stages, or by several ways, and only the last word counts. */
  readonly stages?: true;
  /** What must hold besides where the hub did not die. @param books of the flow that reads the first source */
  checks?(books: Books): readonly Check[];
}

/** Where the hub writes what it read. */
export interface WayOut {
  /** Of the system `to`, whose sink is called `out`. */
  readonly settings: object;
  readonly idempotent: boolean;
  /** The target's ledger: notes in the order in which they took effect there, those that came again too. */
  took(): Promise<readonly string[]>;
  /** Cuts the line when the target has this note and its answer is on the way; resolves then. */
  loseAnswer(note: string): Promise<void>;
  /** The target refuses the hub itself, until the function that it gives is called. */
  deny(): Promise<() => Promise<void>>;
  /** The target says that it cannot now, until the function that it gives is called. */
  busy?(): Promise<() => Promise<void>>;
}
