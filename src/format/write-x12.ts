import { HubError } from "../errors.ts";
import type { JsonObject } from "../message/json.ts";
import { repertoireOf } from "./edi-repertoire.ts";
import type { FileMark, RecordWriter } from "./record-writer.ts";
import { ediWriter, type InterchangeWriting } from "./write-edi.ts";
import { type Envelope, type EnvelopeFields, envelopeOf, saidText } from "./write-edi-envelope.ts";
import { type EdiText, joinSegment, NEWLINES, type Refuse, requireApart } from "./write-edi-segment.ts";

/** ANSI ASC X12 as it is written, with the words by which it is read. */
export interface X12WriteOptions {
  /** What ISA says; a record may say it instead. */
  readonly interchange?: {
    readonly sender?: string;
    /** Default ZZ, as agreed between the partners. */
    readonly senderQualifier?: string;
    readonly recipient?: string;
    readonly recipientQualifier?: string;
    /** Default 00401. */
    readonly syntaxVersion?: string;
    readonly test?: boolean;
    /** Whether an acknowledgement is asked for. */
    readonly acknowledge?: boolean;
    readonly authorizationQualifier?: string;
    readonly authorization?: string;
    readonly securityQualifier?: string;
    readonly security?: string;
  };
  /** What GS says of messages of one kind. */
  readonly group?: {
    /** Such as PO or IN. */
    readonly type?: string;
    /** Default those of the interchange. */
    readonly sender?: string;
    readonly recipient?: string;
    /** Such as 004010. */
    readonly version?: string;
    /** Default X. */
    readonly agency?: string;
  };
  /** What ST says of each message. */
  readonly message?: { readonly type?: string; readonly version?: string };
  readonly separators?: Partial<typeof SEPARATORS>;
  /** `ascii`, which is the default, or a WHATWG label. */
  readonly encoding?: string;
  /** What stands behind each segment; default none. */
  readonly newline?: keyof typeof NEWLINES;
}

const SEPARATORS = { component: ">", element: "*", repetition: "^", terminator: "~" };

/** In the order of ISA, whose elements have fixed lengths. */
const ISA: EnvelopeFields = {
  authorizationQualifier: { most: 2, required: true },
  authorization: { most: 10 },
  securityQualifier: { most: 2, required: true },
  security: { most: 10 },
  senderQualifier: { most: 2, required: true },
  sender: { most: 15, required: true },
  recipientQualifier: { most: 2, required: true },
  recipient: { most: 15, required: true },
  date: { most: 6, pattern: /^\d{6}$/, required: true },
  time: { most: 4, pattern: /^\d{4}$/, required: true },
  syntaxVersion: { most: 5, pattern: /^\d{5}$/, required: true },
  reference: { most: 9, pattern: /^\d{9}$/, required: true },
  test: { most: 4, pattern: /^true$/ },
};
const GS: EnvelopeFields = {
  type: { most: 2, required: true },
  sender: { most: 15, required: true },
  recipient: { most: 15, required: true },
  date: { most: 8, pattern: /^(?:\d\d)?\d{6}$/, required: true },
  time: { most: 8, pattern: /^\d{4,8}$/, required: true },
  reference: { most: 9, pattern: /^\d+$/ },
  agency: { most: 2, required: true },
  version: { most: 12, required: true },
};
const ST: EnvelopeFields = {
  type: { most: 3, required: true },
  reference: { most: 9, pattern: /^[A-Za-z0-9]{4,9}$/, required: true },
  version: { most: 35 },
};

const SERVICES = new Set(["ISA", "IEA", "TA1", "GS", "GE", "ST", "SE"]);

/** Control numbers begin anew after so many. */
const NUMBERS = 999_999_999;

/** @throws HubError TL_CONFIG_INVALID when one character has two uses, or the encoding several bytes for one */
export function x12Writer(options: X12WriteOptions): RecordWriter {
  const separators = { ...SEPARATORS, ...options.separators };
  requireApart(separators);
  if (separators.terminator === "\n" && (options.newline ?? "none") !== "none")
    throw new HubError("TL_CONFIG_INVALID", "`newline`: a line end is the terminator already");
  const how: EdiText = {
    separators: { ...separators, release: "" },
    newline: NEWLINES[options.newline ?? "none"],
    decimal: ".",
    repertoire: repertoireOf(options.encoding ?? "ascii"),
  };
  return ediWriter({
    services: SERVICES,
    open: (own, mark, refuse) => open(options, how, own, mark, refuse),
  });
}

function open(
  options: X12WriteOptions,
  all: EdiText,
  own: JsonObject,
  mark: FileMark,
  refuse: Refuse,
): InterchangeWriting {
  const { acknowledge, ...set } = options.interchange ?? {};
  const syntaxVersion =
    saidText(own["syntaxVersion"], "/interchange/syntaxVersion", refuse) ?? set.syntaxVersion ?? "00401";
  // Before that version nothing could be repeated, and the eleventh element of ISA named a standard.
  const repeats = Number(syntaxVersion) >= 402;
  const how: EdiText = repeats ? all : { ...all, separators: { ...all.separators, repetition: "" } };
  const time = mark.time?.slice(0, 4);
  const otherwise = {
    authorizationQualifier: "00",
    securityQualifier: "00",
    senderQualifier: "ZZ",
    recipientQualifier: "ZZ",
    syntaxVersion,
    date: mark.date?.slice(2),
    time,
    reference: numberOf(mark.sequence).padStart(9, "0"),
  };
  const envelope = envelopeOf("interchange", ISA, { own, set, otherwise }, how, refuse);
  const { says } = envelope;
  const segment = (tag: string, ...elements: readonly string[]): string => joinSegment(tag, elements, how);

  return {
    how,
    envelope,
    head: isaOf(envelope, repeats, acknowledge === true, how),
    groups: {
      open(ownGroup, _, refuseThis) {
        const { sender, recipient } = says;
        const instead = { sender, recipient, date: mark.date, time, agency: "X" };
        const from = { own: ownGroup, set: options.group ?? {}, otherwise: instead };
        return envelopeOf("group", GS, from, how, refuseThis);
      },
      reference: numberOf,
      head: ({ text }, called) =>
        segment(
          "GS",
          text("type"),
          text("sender"),
          text("recipient"),
          text("date"),
          text("time"),
          called,
          text("agency"),
          text("version"),
        ),
      tail: (called, messages) => segment("GE", String(messages), called),
    },
    message(ownMessage, { inGroup, group }, refuseThis) {
      const instead = { reference: String(inGroup).padStart(4, "0") };
      const from = { own: ownMessage, set: options.message ?? {}, otherwise: instead };
      const { says: said, text } = envelopeOf("message", ST, from, how, refuseThis);
      const called = text("reference");
      return {
        head: segment("ST", text("type"), called, saysItself(said["version"], group) ? text("version") : ""),
        tail: (segments) => segment("SE", String(segments), called),
      };
    },
    tail: (count) => segment("IEA", String(count), envelope.text("reference")),
  };
}

/** Control numbers have nine digits at most, and are not 0. */
function numberOf(sequence: number): string {
  return String(((sequence - 1) % NUMBERS) + 1);
}

/** Whether ST says its version: from 005010 on it does, and where it is another one than that of GS. */
function saysItself(version: string | undefined, group: Envelope | undefined): boolean {
  const around = group?.says["version"] ?? "";
  return version !== undefined && (version !== around || around >= "005010");
}

/** Every element has its length, and the last one says what parts components. */
function isaOf(
  { says, text }: Envelope,
  repeats: boolean,
  acknowledge: boolean,
  { separators, newline }: EdiText,
): string {
  const filled = (member: string, length: number): string => text(member).padEnd(length);
  const elements = [
    filled("authorizationQualifier", 2),
    filled("authorization", 10),
    filled("securityQualifier", 2),
    filled("security", 10),
    filled("senderQualifier", 2),
    filled("sender", 15),
    filled("recipientQualifier", 2),
    filled("recipient", 15),
    text("date"),
    text("time"),
    repeats ? separators.repetition : "U",
    text("syntaxVersion"),
    text("reference"),
    acknowledge ? "1" : "0",
    says["test"] === undefined ? "P" : "T",
    separators.component,
  ];
  return ["ISA", ...elements].join(separators.element) + separators.terminator + newline;
}
