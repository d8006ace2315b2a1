import type { JsonObject } from "../message/json.ts";
import { edifactRepertoire } from "./edi-repertoire.ts";
import { EDIFACT_SEPARATORS } from "./edifact-dialect.ts";
import type { FileMark, RecordWriter } from "./record-writer.ts";
import { ediWriter, type InterchangeWriting } from "./write-edi.ts";
import { type EnvelopeFields, envelopeOf, saidText } from "./write-edi-envelope.ts";
import {
  type EdiText,
  joinSegment,
  NEWLINES,
  type Refuse,
  requireApart,
  valueText,
} from "./write-edi-segment.ts";

/** UN/EDIFACT as it is written (ISO 9735, syntax versions 1 to 4), with the words by which it is read. */
export interface EdifactWriteOptions {
  /** What UNB says; a record may say it instead. */
  readonly interchange?: {
    /** Default UNOC. */
    readonly syntax?: string;
    /** Default 3; 4 from UNOL on. */
    readonly syntaxVersion?: string;
    readonly sender?: string;
    readonly senderQualifier?: string;
    readonly recipient?: string;
    readonly recipientQualifier?: string;
    readonly application?: string;
    readonly test?: boolean;
    /** Whether an acknowledgement is asked for. */
    readonly acknowledge?: boolean;
    readonly agreement?: string;
  };
  /** Set where messages stand in groups (UNG). */
  readonly group?: { readonly sender?: string; readonly recipient?: string };
  /** What UNH says of each message. */
  readonly message?: {
    readonly type?: string;
    readonly version?: string;
    readonly release?: string;
    readonly agency?: string;
    readonly association?: string;
  };
  readonly separators?: Partial<typeof SEPARATORS>;
  /** What stands behind each segment; default none. */
  readonly newline?: keyof typeof NEWLINES;
}

const SEPARATORS = { ...EDIFACT_SEPARATORS, decimal: "." };

const DATE = { most: 8, pattern: /^\d{6}(?:\d\d)?$/, required: true } as const;
const TIME = { most: 6, pattern: /^\d{4}(?:\d\d)?$/, required: true } as const;

/** Lengths by ISO 9735. */
const UNB: EnvelopeFields = {
  syntax: { most: 4, required: true },
  syntaxVersion: { most: 1, pattern: /^[1-4]$/, required: true },
  sender: { most: 35, required: true },
  senderQualifier: { most: 4 },
  recipient: { most: 35, required: true },
  recipientQualifier: { most: 4 },
  date: DATE,
  time: TIME,
  reference: { most: 14, required: true },
  application: { most: 14 },
  test: { most: 4, pattern: /^true$/ },
};
const UNH: EnvelopeFields = {
  reference: { most: 14, required: true },
  type: { most: 6, required: true },
  version: { most: 3, required: true },
  release: { most: 3, required: true },
  agency: { most: 3, required: true },
  association: { most: 6 },
};
/** What UNH says of a message, UNG says of all. */
const KIND = ["type", "agency", "version", "release", "association"] as const;
const UNG: EnvelopeFields = {
  ...UNH,
  reference: { most: 14 },
  sender: { most: 35, required: true },
  recipient: { most: 35, required: true },
  date: DATE,
  time: TIME,
};

const SERVICES = new Set(["UNA", "UNB", "UNG", "UNH", "UNT", "UNE", "UNZ", "UNO", "UNP"]);

/** Control references begin anew after so many. */
const REFERENCES = 1e14;

/** @throws HubError TL_CONFIG_INVALID when one character has two uses */
export function edifactWriter(options: EdifactWriteOptions): RecordWriter {
  const separators = { ...SEPARATORS, ...options.separators };
  requireApart(separators);
  return ediWriter({
    services: SERVICES,
    open: (own, mark, refuse) => open({ ...options, separators }, own, mark, refuse),
  });
}

type Options = EdifactWriteOptions & { readonly separators: typeof SEPARATORS };

function open(options: Options, own: JsonObject, mark: FileMark, refuse: Refuse): InterchangeWriting {
  const { acknowledge, agreement, ...set } = options.interchange ?? {};
  const said = (member: "syntax" | "syntaxVersion"): string | undefined =>
    saidText(own[member], `/interchange/${member}`, refuse) ?? set[member];
  const syntax = said("syntax") ?? "UNOC";
  const syntaxVersion = said("syntaxVersion") ?? (syntax < "UNOL" ? "3" : "4");
  const how = textOf(options, syntax, syntaxVersion, refuse);
  const date = syntaxVersion === "4" ? mark.date : mark.date?.slice(2);
  const when = { date, time: mark.time?.slice(0, 4) };
  const reference = String(mark.sequence % REFERENCES);
  const sources = { own, set, otherwise: { syntax, syntaxVersion, reference, ...when } };
  const envelope = envelopeOf("interchange", UNB, sources, how, refuse);
  const { text, says } = envelope;
  const segment = (tag: string, ...elements: readonly (string | readonly string[])[]): string =>
    joinSegment(tag, elements, how);

  return {
    how,
    envelope,
    head:
      adviceOf(options.separators, how) +
      segment(
        "UNB",
        [text("syntax"), text("syntaxVersion")],
        [text("sender"), text("senderQualifier")],
        [text("recipient"), text("recipientQualifier")],
        [text("date"), text("time")],
        text("reference"),
        "",
        text("application"),
        "",
        acknowledge === true ? "1" : "",
        valueText(agreement, how, (...rest) => refuse("/interchange/agreement", ...rest)),
        says["test"] === undefined ? "" : "1",
      ),
    groups:
      options.group === undefined
        ? undefined
        : {
            open(ownGroup, message, refuseThis) {
              const kind = KIND.map((member) => {
                const own = saidText(message[member], `/message/${member}`, refuseThis);
                return [member, own ?? options.message?.[member]] as const;
              });
              const { sender, recipient } = says;
              const otherwise = { sender, recipient, ...when, ...Object.fromEntries(kind) };
              const from = { own: ownGroup, set: options.group ?? {}, otherwise };
              return envelopeOf("group", UNG, from, how, refuseThis);
            },
            reference: (sequence) => String(sequence % REFERENCES),
            head: ({ text: own }, called) =>
              segment(
                "UNG",
                own("type"),
                own("sender"),
                own("recipient"),
                [own("date"), own("time")],
                called,
                own("agency"),
                [own("version"), own("release"), own("association")],
              ),
            tail: (called, messages) => segment("UNE", String(messages), called),
          },
    message(ownMessage, { inInterchange }, refuseThis) {
      const otherwise = { reference: String(inInterchange) };
      const from = { own: ownMessage, set: options.message ?? {}, otherwise };
      const { text: own } = envelopeOf("message", UNH, from, how, refuseThis);
      const kind = ["type", "version", "release", "agency", "association"].map(own);
      return {
        head: segment("UNH", own("reference"), kind),
        tail: (segments) => segment("UNT", String(segments), own("reference")),
      };
    },
    tail: (count) => segment("UNZ", String(count), text("reference")),
  };
}

function textOf(
  { separators, newline = "none" }: Options,
  syntax: string,
  syntaxVersion: string,
  refuse: Refuse,
): EdiText {
  const repertoire = edifactRepertoire(syntax);
  if (repertoire === undefined)
    throw refuse(
      "/interchange/syntax",
      "names a character set that is not written",
      "Write UNOC, or UNOY for UTF-8.",
    );
  // Before version 4 nothing could be repeated.
  const repetition = syntaxVersion === "4" ? separators.repetition : "";
  return {
    separators: { ...separators, repetition },
    newline: NEWLINES[newline],
    decimal: separators.decimal,
    repertoire,
  };
}

/** UNA, which says what parts the interchange: component, element, decimal mark, release, repetition, terminator. */
function adviceOf({ decimal }: typeof SEPARATORS, { separators, newline }: EdiText): string {
  const { component, element, release, repetition, terminator } = separators;
  return `UNA${component}${element}${decimal}${release}${repetition || " "}${terminator}${newline}`;
}
