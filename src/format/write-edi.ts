import type { Json, JsonObject } from "../message/json.ts";
import {
  type DocumentWriter,
  type FileMark,
  NOTHING,
  type RecordWriter,
  recordsOf,
} from "./record-writer.ts";
import { type Envelope, envelopeIn, requireSame } from "./write-edi-envelope.ts";
import { type EdiText, messageSegments, type Refuse } from "./write-edi-segment.ts";
import { refused, refusedAt } from "./write-refusal.ts";

/** How interchanges of one dialect are written. */
export interface EdiWriting {
  /** Tags of the segments that make the envelopes. */
  readonly services: ReadonlySet<string>;
  /** @param own what records say of their interchange */
  open(own: JsonObject, mark: FileMark, refuse: Refuse): InterchangeWriting;
}

/** One interchange; texts are whole segments. */
export interface InterchangeWriting {
  readonly how: EdiText;
  readonly envelope: Envelope;
  readonly head: string;
  /** Undefined: messages stand in no groups. */
  readonly groups: GroupWriting | undefined;
  message(own: JsonObject, place: MessagePlace, refuse: Refuse): MessageWriting;
  /** @param count of groups, or of messages where there are none */
  tail(count: number): string;
}

interface GroupWriting {
  /** @param message what the record says of its message */
  open(own: JsonObject, message: JsonObject, refuse: Refuse): Envelope;
  /** What a group is called that does not say so. @param sequence of the delivery that it begins with */
  reference(sequence: number): string;
  head(group: Envelope, reference: string): string;
  tail(reference: string, messages: number): string;
}

interface MessagePlace {
  /** From 1, in the interchange and in the group. */
  readonly inInterchange: number;
  readonly inGroup: number;
  readonly group: Envelope | undefined;
}

interface MessageWriting {
  readonly head: string;
  /** @param segments how many, with head and tail */
  tail(segments: number): string;
}

interface OpenGroup {
  readonly envelope: Envelope;
  readonly reference: string;
  /** The same for all messages that can stand in it. */
  readonly like: string;
  messages: number;
}

/** What a record is checked against: none says the same. */
const NO_FILE: FileMark = { sequence: 0, date: "00000000", time: "000000" };
const MEMBERS: ReadonlySet<string> = new Set(["interchange", "group", "message", "segments"]);

/** A file is an interchange; a record is a message in the shape in which it is read. */
export function ediWriter(writing: EdiWriting): RecordWriter {
  return {
    whole(body, mark) {
      const [first] = messagesOf(body);
      const own = envelopeIn(first, "interchange", refuseAt(0));
      const { head, part, tail } = document(writing, own, mark);
      return Buffer.concat([head, part(body, mark.sequence), tail()]);
    },
    check: (body) => void document(writing, {}, NO_FILE).part(body, NO_FILE.sequence),
    open: (mark) => document(writing, {}, mark),
    bom: NOTHING,
    line: undefined,
  };
}

function messagesOf(body: Json): readonly [JsonObject, ...JsonObject[]] {
  const [first, ...rest] = recordsOf(body);
  if (first !== undefined) return [first, ...rest];
  throw refused(0, "is not there: an interchange has at least one message");
}

function refuseAt(record: number): Refuse {
  return (field, message, cure) => refusedAt(record, field, message, cure);
}

function document(writing: EdiWriting, own: JsonObject, mark: FileMark): DocumentWriter {
  const interchange = writing.open(own, mark, refuseAt(0));
  const { how, groups } = interchange;
  let open: OpenGroup | undefined;
  let closed = 0;
  let messages = 0;
  /** The delivery that a group is called by. */
  let named = Number.NaN;

  function close(): string {
    if (groups === undefined || open === undefined) return "";
    closed += 1;
    return groups.tail(open.reference, open.messages);
  }

  /** The tail of the group before and the head of the next; nothing where the record stands in the one that is open. */
  function enter(record: JsonObject, message: JsonObject, sequence: number, refuse: Refuse): string {
    const own = envelopeIn(record, "group", refuse);
    if (groups === undefined) {
      if (Object.keys(own).length === 0) return "";
      throw refuse("/group", "is of a group, and this sink writes none", "Set `group: {}` of the format.");
    }
    const envelope = groups.open(own, message, refuse);
    const given = envelope.says["reference"] === undefined ? undefined : envelope.text("reference");
    const like = JSON.stringify({ ...envelope.says, reference: "" });
    if (open?.like === like && (given === undefined || given === open.reference)) return "";
    if (given === undefined && named === sequence)
      throw refuse(
        "/group/reference",
        "begins another group within its delivery and does not say what it is called",
        "Give each of its groups a reference, or let its records be deliveries of their own.",
      );
    if (given === undefined) named = sequence;
    const before = close();
    open = { envelope, reference: given ?? groups.reference(sequence), like, messages: 0 };
    return before + groups.head(envelope, open.reference);
  }

  function write(record: JsonObject, sequence: number, refuse: Refuse): string {
    const strange = Object.keys(record).find((member) => !MEMBERS.has(member));
    if (strange !== undefined)
      throw refuse(
        `/${strange}`,
        "has a member that no message has",
        `It may have ${[...MEMBERS].join(", ")}.`,
      );
    requireSame("interchange", envelopeIn(record, "interchange", refuse), interchange.envelope, refuse);
    const own = envelopeIn(record, "message", refuse);
    const entered = enter(record, own, sequence, refuse);
    messages += 1;
    if (open !== undefined) open.messages += 1;
    const place = { inInterchange: messages, inGroup: open?.messages ?? messages, group: open?.envelope };
    const { head, tail } = interchange.message(own, place, refuse);
    const segments = messageSegments(record["segments"], writing.services, how, refuse);
    return entered + head + segments.join("") + tail(segments.length + 2);
  }

  return {
    head: how.repertoire.encode(interchange.head),
    part(body: Json, sequence) {
      const texts = messagesOf(body).map((record, index) => write(record, sequence, refuseAt(index)));
      return how.repertoire.encode(texts.join(""));
    },
    tail() {
      const end = close();
      return how.repertoire.encode(end + interchange.tail(groups === undefined ? messages : closed));
    },
  };
}
