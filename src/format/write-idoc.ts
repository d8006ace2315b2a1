import { isObject, type Json, type JsonObject } from "../message/json.ts";
import {
  type DocumentWriter,
  type FileMark,
  NOTHING,
  type RecordWriter,
  recordsOf,
} from "./record-writer.ts";
import { refusedAt } from "./write-refusal.ts";
import { xmlElement, xmlHead, xmlTail } from "./write-xml.ts";

/** IDocs in XML as an SAP system takes them. */
export interface IdocWriteOptions {
  /** The basic type, such as DEBMAS06: the outermost element, and IDOCTYP. */
  readonly type: string;
  /** What the control record says of each IDoc, by the names of its fields; a record may say it instead. */
  readonly control?: Readonly<Record<string, string | undefined>>;
}

/** The fields of EDI_DC40 in their order. */
export const CONTROL_FIELDS: readonly string[] = [
  ...[
    "TABNAM",
    "MANDT",
    "DOCNUM",
    "DOCREL",
    "STATUS",
    "DIRECT",
    "OUTMOD",
    "EXPRSS",
    "TEST",
    "IDOCTYP",
    "CIMTYP",
  ],
  ...[
    "MESTYP",
    "MESCOD",
    "MESFCT",
    "STD",
    "STDVRS",
    "STDMES",
    "SNDPOR",
    "SNDPRT",
    "SNDPFC",
    "SNDPRN",
    "SNDSAD",
  ],
  ...[
    "SNDLAD",
    "RCVPOR",
    "RCVPRT",
    "RCVPFC",
    "RCVPRN",
    "RCVSAD",
    "RCVLAD",
    "CREDAT",
    "CRETIM",
    "REFINT",
    "REFGRP",
  ],
  ...["REFMES", "ARCKEY", "SERIAL"],
];

/** Without these nobody's partner profile is found. */
const REQUIRED = ["MESTYP", "SNDPOR", "SNDPRT", "SNDPRN", "RCVPRT", "RCVPRN"];

const CONTROL = "EDI_DC40";

/**
 * A record is an IDoc in the shape in which it is read as XML. The hub writes the attributes of segments, and what the
 * control record does not say: its number, which is that of the delivery, and when it was made.
 */
export function idocWriter(options: IdocWriteOptions): RecordWriter {
  const xml = { root: options.type, record: "IDOC" };

  function document(mark: FileMark): DocumentWriter {
    /** The delivery whose number an IDoc bears. */
    let named = Number.NaN;
    function write(record: JsonObject, index: number, sequence: number): string {
      const { [CONTROL]: control = {}, "@BEGIN": begin = "1", ...segments } = record;
      if (!isObject(control)) throw refusedAt(index, `/${CONTROL}`, "has a control record that is no object");
      if (control["DOCNUM"] === undefined && named === sequence)
        throw refusedAt(
          index,
          `/${CONTROL}/DOCNUM`,
          "is another IDoc of its delivery and has no number",
          "Give each IDoc its DOCNUM in the mapping, or let them be deliveries of their own.",
        );
      named = sequence;
      const made = { DOCNUM: String(sequence).padStart(16, "0"), CREDAT: mark.date, CRETIM: mark.time };
      const whole = {
        "@BEGIN": begin,
        [CONTROL]: controlOf(control, options, made, index),
        ...segmentsOf(segments, "", index),
      };
      return xmlElement(whole, index, xml);
    }
    return {
      head: Buffer.from(xmlHead(xml)),
      part: (body, sequence) =>
        Buffer.from(
          recordsOf(body)
            .map((record, index) => write(record, index, sequence))
            .join(""),
        ),
      tail: () => Buffer.from(xmlTail(xml)),
    };
  }

  return {
    whole(body, mark) {
      const { head, part, tail } = document(mark);
      return Buffer.concat([head, part(body, mark.sequence), tail()]);
    },
    check: (body) => void document({ sequence: 0 }).part(body, 0),
    open: document,
    bom: NOTHING,
    line: undefined,
  };
}

/** The control record in the order of its fields. */
function controlOf(
  own: JsonObject,
  { type, control = {} }: IdocWriteOptions,
  made: Readonly<Record<string, string | undefined>>,
  record: number,
): JsonObject {
  const set: Readonly<Record<string, string | undefined>> = { ...control, IDOCTYP: type };
  const otherwise: Readonly<Record<string, string | undefined>> = { TABNAM: CONTROL, DIRECT: "2", ...made };
  const strange = Object.keys(own).find((name) => name !== "@SEGMENT" && !CONTROL_FIELDS.includes(name));
  if (strange !== undefined)
    throw refusedAt(record, `/${CONTROL}/${strange}`, "has a field that no control record has");
  const written: Record<string, Json> = { "@SEGMENT": "1" };
  for (const name of CONTROL_FIELDS) {
    const field = `/${CONTROL}/${name}`;
    const said = fieldOf(own[name], field, record);
    if (said !== undefined && set[name] !== undefined && said !== set[name])
      throw refusedAt(
        record,
        field,
        "says something else than the settings of the sink",
        "Leave it out in the mapping or in the settings, or send the IDoc to a sink of its own by `when`.",
      );
    const text = said ?? set[name] ?? otherwise[name];
    if (text !== undefined) written[name] = text;
    if (REQUIRED.includes(name) && (text ?? "") === "")
      throw refusedAt(
        record,
        field,
        "lacks what its control record needs",
        `Give it in the mapping, or as \`control: { ${name}: … }\` of the format.`,
      );
  }
  return written;
}

/** Segments with their attribute; in each the fields stand before the segments below it. */
function segmentsOf(members: JsonObject, at: string, record: number): JsonObject {
  const fields: Record<string, Json> = {};
  const segments: Record<string, Json> = {};
  for (const [name, value] of Object.entries(members)) {
    const field = `${at}/${name}`;
    if (name.startsWith("#") || (name.startsWith("@") && name !== "@SEGMENT"))
      throw refusedAt(record, field, "has a member that is neither a field nor a segment");
    if (value === null) continue;
    if (Array.isArray(value))
      segments[name] = (value as readonly Json[]).map((one, index) =>
        segmentOf(one, `${field}/${index}`, record),
      );
    else if (isObject(value)) segments[name] = segmentOf(value, field, record);
    else if (at === "") throw refusedAt(record, field, "has a field outside of a segment");
    else {
      const text = fieldOf(value, field, record);
      if (text !== undefined) fields[name] = text;
    }
  }
  return { ...fields, ...segments };
}

function segmentOf(value: Json, at: string, record: number): JsonObject {
  if (!isObject(value)) throw refusedAt(record, at, "repeats a field, and only segments can be repeated");
  return { "@SEGMENT": "1", ...segmentsOf(value, at, record) };
}

/** Undefined: it is not there. */
function fieldOf(value: Json | undefined, at: string, record: number): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  if (typeof value !== "number" || !/^-?\d+(?:\.\d+)?$/.test(String(value)))
    throw refusedAt(record, at, "has a field that is no text or plain number");
  return String(value);
}
