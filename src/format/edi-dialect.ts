import type { Json } from "../message/json.ts";
import type { Groups } from "./edi-groups.ts";
import type { Segment, Separators } from "./edi-segment.ts";

/** How EDIFACT and X12 differ. */
export interface EdiDialect {
  readonly name: "edifact" | "x12";
  readonly interchange: Envelope;
  readonly group: Envelope;
  readonly message: Envelope;
  /** A segment that bytes of any kind follow (EDIFACT's UNO). */
  readonly object?: {
    readonly head: string;
    /**
     * Index after the segment behind those bytes; undefined when it is not at hand.
     * @param from index after the head
     */
    end(head: Buffer, bytes: Buffer, from: number, separators: Separators): number | undefined;
  };
  /**
   * The head of an interchange that begins at `from`. Undefined: more bytes are needed.
   * @throws HubError TL_DECODE_FAILED when none begins there
   */
  open(bytes: Buffer, from: number): InterchangeHead | undefined;
  /** The head of an interchange, which may be written otherwise than other segments. */
  parseHead(text: string, separators: Separators): Segment;
  /** What a message says of its interchange, its group and itself. */
  describeInterchange(head: Segment): Record<string, Json>;
  describeGroup(head: Segment): Record<string, Json>;
  describeMessage(head: Segment, group: Segment | undefined): Record<string, Json>;
}

/** Two segments that enclose others. In all of them the tail says how many (`e1`), and repeats a reference (`e2`). */
export interface Envelope {
  readonly head: string;
  readonly tail: string;
  /** The member of the head that the tail repeats. */
  readonly reference: string;
}

export interface InterchangeHead {
  readonly separators: Separators;
  /** The head's own segment, without its terminator. */
  readonly text: string;
  /** Index of the byte after it. */
  readonly end: number;
}

/** Options of a flow, checked and completed. */
export interface EdiSetup {
  readonly dialect: EdiDialect;
  readonly groups: Groups;
  /** Whether what trailers say is compared. */
  readonly checks: boolean;
  /** Largest message in bytes. */
  readonly limit: number;
}

/** What is around messages: a member of the context of a file. */
export interface Surroundings {
  /** Offset in the file from which on it holds. */
  readonly at: number;
  readonly separators: Separators;
  /** Head segments as written. */
  readonly interchange: string;
  readonly group: string | null;
}

/** By what a message of a file is read again: plain JSON. */
export interface EdiContext {
  readonly format: "edifact" | "x12";
  readonly surroundings: readonly Surroundings[];
}

/** Members that are there. */
export function present(members: Readonly<Record<string, Json | undefined>>): Record<string, Json> {
  const out: Record<string, Json> = {};
  for (const [name, value] of Object.entries(members)) if (value !== undefined) out[name] = value;
  return out;
}
