import { HubError } from "../errors.ts";
import { type EdiDialect, type InterchangeHead, present } from "./edi-dialect.ts";
import { isFiller, parseSegment, type Separators } from "./edi-segment.ts";

/** ISO 9735, where no UNA says otherwise. */
export const EDIFACT_SEPARATORS: Separators = {
  component: ":",
  element: "+",
  repetition: "*",
  release: "?",
  terminator: "'",
};

/** More bytes than the head of an interchange has. */
const LONGEST_HEAD = 2000;

/** What else such files begin with. */
const OTHERS: readonly (readonly [start: string, name: string])[] = [
  ["STX=", "TRADACOMS"],
  ["ISA", "X12"],
  ["UIB", "an interactive interchange"],
  ["<", "XML"],
];

/** UN/EDIFACT batch interchanges, ISO 9735 syntax versions 1 to 4. */
export const EDIFACT: EdiDialect = {
  name: "edifact",
  interchange: { head: "UNB", tail: "UNZ", reference: "e5" },
  group: { head: "UNG", tail: "UNE", reference: "e5" },
  message: { head: "UNH", tail: "UNT", reference: "e1" },
  object: { head: "UNO", end: endOfObject },
  open(bytes, from) {
    const text = bytes.toString("latin1", from, from + LONGEST_HEAD);
    const advice = text.startsWith("UNA");
    const declared = advice ? separatorsOf(text) : EDIFACT_SEPARATORS;
    let at = advice ? 9 : 0;
    while (at < text.length && isFiller(text.charCodeAt(at))) at++;
    if (at + 4 > text.length) return undefined;
    if (!text.startsWith(`UNB${declared.element}`, at)) throw notThis(text, advice);
    return headOf(bytes, text, from, at, declared);
  },
  parseHead: parseSegment,
  describeInterchange: (unb) =>
    present({
      reference: unb["e5"],
      sender: unb["e2"],
      senderQualifier: unb["e2_2"],
      recipient: unb["e3"],
      recipientQualifier: unb["e3_2"],
      date: unb["e4"],
      time: unb["e4_2"],
      syntax: unb["e1"],
      syntaxVersion: unb["e1_2"],
      application: unb["e7"],
      test: unb["e11"] === "1" ? true : undefined,
    }),
  describeGroup: (ung) =>
    present({
      reference: ung["e5"],
      type: ung["e1"],
      sender: ung["e2"],
      recipient: ung["e3"],
      date: ung["e4"],
      time: ung["e4_2"],
    }),
  describeMessage: (unh) =>
    present({
      reference: unh["e1"],
      type: unh["e2"],
      version: unh["e2_2"],
      release: unh["e2_3"],
      agency: unh["e2_4"],
      association: unh["e2_5"],
    }),
};

/** UNA, then: component, element, decimal mark, release, repetition, terminator. A blank is a character not used. */
function separatorsOf(text: string): Separators {
  const char = (index: number): string => (text[index] === " " ? "" : (text[index] ?? ""));
  const separators = {
    component: char(3),
    element: char(4),
    repetition: char(7),
    release: char(6),
    terminator: char(8),
  };
  const used = Object.values(separators).filter((one) => one !== "");
  const needed = [separators.component, separators.element, separators.terminator];
  if (text.length >= 9 && (needed.includes("") || used.some((one) => !/^[!-/:-@[-`{-~\r\n]$/.test(one)))) {
    throw new HubError("TL_DECODE_FAILED", "UNA declares characters that cannot part an interchange");
  }
  if (text.length >= 9 && new Set(needed).size < needed.length) {
    throw new HubError("TL_DECODE_FAILED", "UNA declares one character for two uses");
  }
  return separators;
}

function headOf(
  bytes: Buffer,
  text: string,
  from: number,
  at: number,
  declared: Separators,
): InterchangeHead | undefined {
  const end = endOfSegment(text, at, declared);
  if (end === -1) {
    if (text.length < LONGEST_HEAD) return undefined;
    throw new HubError("TL_DECODE_FAILED", "the segment UNB is not ended");
  }
  const head = bytes.toString("utf8", from + at, from + end);
  const { e1: syntax, e1_2: version = "" } = parseSegment(head, { ...declared, repetition: "" });
  if (typeof syntax !== "string" || !/^UNO[A-Z]$/.test(syntax)) {
    throw new HubError("TL_DECODE_FAILED", "UNB names no syntax such as UNOA or UNOC");
  }
  // Before version 4 nothing could be repeated, and that character was a blank or anything.
  const separators = Number(version) >= 4 ? declared : { ...declared, repetition: "" };
  return { separators, text: head, end: from + end + 1 };
}

function endOfSegment(text: string, from: number, { release, terminator }: Separators): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === release) at++;
    else if (text[at] === terminator) return at;
  }
  return -1;
}

function notThis(text: string, advice: boolean): HubError {
  if (advice) return new HubError("TL_DECODE_FAILED", "after UNA no segment UNB begins");
  const other = OTHERS.find(([start]) => text.startsWith(start))?.[1];
  const found = other === undefined ? "" : `: this is ${other}`;
  return new HubError("TL_DECODE_FAILED", `an EDIFACT interchange begins with UNA or UNB${found}`);
}

/** UNO says in its fourth element how many bytes follow; behind them stands UNP. */
function endOfObject(head: Buffer, bytes: Buffer, from: number, separators: Separators): number | undefined {
  const { e4 } = parseSegment(head.toString("latin1", 0, head.length - 1), separators);
  const length = typeof e4 === "string" && /^\d{1,9}$/.test(e4) ? Number(e4) : 0;
  const tail = bytes.indexOf(`UNP${separators.element}`, from + length, "latin1");
  const end = tail === -1 ? -1 : bytes.indexOf(separators.terminator, tail, "latin1");
  return end === -1 ? undefined : end + 1;
}
