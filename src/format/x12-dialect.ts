import { HubError } from "../errors.ts";
import { type EdiDialect, type InterchangeHead, present } from "./edi-dialect.ts";
import type { Segment } from "./edi-segment.ts";

/** More bytes than ISA has, whose elements have fixed lengths. */
const LONGEST_HEAD = 200;

/** ANSI ASC X12 interchanges; ISA says by which characters they are parted. */
export const X12: EdiDialect = {
  name: "x12",
  interchange: { head: "ISA", tail: "IEA", reference: "e13" },
  group: { head: "GS", tail: "GE", reference: "e6" },
  message: { head: "ST", tail: "SE", reference: "e2" },
  open(bytes, from) {
    const text = bytes.toString("latin1", from, from + LONGEST_HEAD);
    if (text.length < 4) return undefined;
    if (!text.startsWith("ISA") || !isSeparator(text[3])) {
      throw new HubError("TL_DECODE_FAILED", "an X12 interchange begins with ISA");
    }
    const at = endOfElements(text, text[3] as string);
    if (at === undefined || at + 2 > text.length) {
      if (text.length < LONGEST_HEAD) return undefined;
      throw new HubError("TL_DECODE_FAILED", "ISA does not have its 16 elements");
    }
    return headOf(text, from, at);
  },
  parseHead: parseIsa,
  describeInterchange: (isa) =>
    present({
      reference: isa["e13"],
      sender: isa["e6"],
      senderQualifier: isa["e5"],
      recipient: isa["e8"],
      recipientQualifier: isa["e7"],
      date: isa["e9"],
      time: isa["e10"],
      syntaxVersion: isa["e12"],
      test: isa["e15"] === "T" ? true : undefined,
    }),
  describeGroup: (gs) =>
    present({
      reference: gs["e6"],
      type: gs["e1"],
      sender: gs["e2"],
      recipient: gs["e3"],
      date: gs["e4"],
      time: gs["e5"],
      version: gs["e8"],
    }),
  describeMessage: (st, gs) =>
    present({ reference: st["e2"], type: st["e1"], version: st["e3"] ?? gs?.["e8"] }),
};

/** The elements of ISA are filled up with blanks, which do not count. */
function parseIsa(text: string): Segment {
  const [tag = "", ...elements] = text.split(text[3] ?? "*");
  const segment: Segment = { tag };
  for (const [index, element] of elements.entries()) {
    if (element.trim() !== "") segment[`e${index + 1}`] = element.trim();
  }
  return segment;
}

/** Index after the separator before the sixteenth element. */
function endOfElements(text: string, element: string): number | undefined {
  let at = 0;
  for (let count = 0; count < 16; count++) {
    at = text.indexOf(element, at) + 1;
    if (at === 0) return undefined;
  }
  return at;
}

function headOf(text: string, from: number, at: number): InterchangeHead {
  const [element, component, terminator] = [text[3] ?? "", text[at] ?? "", text[at + 1] ?? ""];
  if (
    !isSeparator(component) ||
    !isSeparator(terminator) ||
    new Set([element, component, terminator]).size < 3
  ) {
    throw new HubError("TL_DECODE_FAILED", "ISA declares characters that cannot part an interchange");
  }
  const head = text.slice(0, at + 1);
  const { e11 = "", e12 = "" } = parseIsa(head);
  // Before version 00402 the eleventh element named a standard, such as U.
  const repeats = Number(e12) >= 402 && typeof e11 === "string" && isSeparator(e11);
  return {
    separators: { component, element, repetition: repeats ? e11 : "", release: "", terminator },
    text: head,
    end: from + at + 2,
  };
}

function isSeparator(char: string | undefined): boolean {
  return char !== undefined && char.length === 1 && !/[A-Za-z0-9 ]/.test(char) && char.charCodeAt(0) < 0x80;
}
