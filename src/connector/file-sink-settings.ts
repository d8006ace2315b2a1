import { type Static, Type } from "@sinclair/typebox";
import { CONTROL_FIELDS } from "../format/write-idoc.ts";
import { EdifactSinkSettings, X12SinkSettings } from "./edi-sink-settings.ts";
import { RemotePath } from "./remote/settings.ts";

const Csv = Type.Object(
  {
    columns: Type.Array(Type.String({ description: "A field of the record", minLength: 1 }), {
      description: "Fields in the order of their columns; a record that has others is refused",
      minItems: 1,
      uniqueItems: true,
    }),
    delimiter: Type.Optional(
      Type.String({ description: "Between cells", pattern: '^[^\\r\\n"]$', default: "," }),
    ),
    encoding: Type.Optional(
      Type.String({ description: "Such as utf-8 or windows-1252", minLength: 1, default: "utf-8" }),
    ),
    header: Type.Optional(Type.Boolean({ description: "The first line names the columns", default: true })),
    newline: Type.Optional(
      Type.Union([Type.Literal("crlf"), Type.Literal("lf")], { description: "Line ends", default: "crlf" }),
    ),
    formulas: Type.Optional(
      Type.Union([Type.Literal("escape"), Type.Literal("keep")], {
        description:
          "Texts that begin with = + - @, tab or carriage return and are no plain numbers: escape puts ' before them, so that no spreadsheet runs them",
        default: "escape",
      }),
    ),
  },
  { additionalProperties: false, description: "Comma-separated values" },
);

const Field = Type.Object(
  {
    name: Type.String({ description: "A field of the record", minLength: 1 }),
    at: Type.Integer({ description: "Place of its first character, from 1", minimum: 1 }),
    length: Type.Integer({ description: "Characters", minimum: 1 }),
    type: Type.Optional(
      Type.Union([Type.Literal("text"), Type.Literal("number"), Type.Literal("integer")], {
        description: "Texts stand at the left, numbers at the right",
        default: "text",
      }),
    ),
    trim: Type.Optional(
      Type.Union([Type.Literal("right"), Type.Literal("left")], {
        description: "Where a text has its blanks",
        default: "right",
      }),
    ),
    decimals: Type.Optional(
      Type.Integer({
        description: "So many of a number's last digits are decimals, without a point",
        minimum: 0,
      }),
    ),
  },
  { additionalProperties: false },
);

const Fixed = Type.Object(
  {
    fields: Type.Array(Field, {
      description: "Where the fields stand; a record that has others, or one too long, is refused",
      minItems: 1,
    }),
    length: Type.Optional(
      Type.Integer({ description: "Characters of a record; default: where the last field ends", minimum: 1 }),
    ),
    encoding: Type.Optional(
      Type.String({ description: "Such as utf-8 or windows-1252", minLength: 1, default: "utf-8" }),
    ),
    newline: Type.Optional(
      Type.Union([Type.Literal("crlf"), Type.Literal("lf"), Type.Literal("none")], {
        description: "Line ends",
        default: "crlf",
      }),
    ),
    numbers: Type.Optional(
      Type.Union([Type.Literal("zeros"), Type.Literal("blanks")], {
        description: "What stands before numbers; default blanks, and zeros for those with `decimals`",
      }),
    ),
  },
  { additionalProperties: false, description: "Records of fixed width" },
);

const ElementName = (description: string) =>
  Type.String({ description, pattern: "^[A-Za-z_][A-Za-z0-9_.-]*$" });

const Xml = Type.Object(
  {
    root: ElementName("The outermost element"),
    record: ElementName("The element that is one record"),
    attributes: Type.Optional(
      Type.String({ description: "What members begin with that are attributes", minLength: 1, default: "@" }),
    ),
    text: Type.Optional(
      Type.String({ description: "The member for text beside attributes", minLength: 1, default: "#text" }),
    ),
  },
  { additionalProperties: false, description: "XML in UTF-8" },
);

const Cobol = Type.Object(
  {
    copybook: Type.String({
      description: "File of the copybook; a relative path begins in the project folder",
      minLength: 1,
    }),
    encoding: Type.Optional(
      Type.String({
        description: "ascii, or an EBCDIC code page such as cp273 or cp1047",
        minLength: 1,
        default: "cp037",
      }),
    ),
    records: Type.Optional(
      Type.Union(
        [
          Type.Literal("fixed"),
          Type.Literal("rdw"),
          Type.Literal("rdw-little-endian"),
          Type.Literal("lines"),
        ],
        {
          description:
            "How records follow one another: all of one length, behind record descriptors (RDW), or one a line",
          default: "fixed",
        },
      ),
    ),
    comp5: Type.Optional(
      Type.Union([Type.Literal("big-endian"), Type.Literal("little-endian")], {
        description: "Byte order of COMP-5",
        default: "big-endian",
      }),
    ),
    missing: Type.Optional(
      Type.Union([Type.Literal("blanks"), Type.Literal("zeros")], {
        description: "What stands in a number that is missing; a binary one cannot be blank, and is refused",
        default: "blanks",
      }),
    ),
    newline: Type.Optional(
      Type.Union([Type.Literal("crlf"), Type.Literal("lf")], {
        description: "Line ends, where records are lines",
        default: "crlf",
      }),
    ),
  },
  { additionalProperties: false, description: "Records of a COBOL program" },
);

const ControlField = Type.Optional(
  Type.String({ description: "A field of the control record", maxLength: 70 }),
);

const Idoc = Type.Object(
  {
    type: Type.String({
      description: "Basic type, such as DEBMAS06: the outermost element, and IDOCTYP",
      pattern: "^[A-Z_][A-Z0-9_]{0,29}$",
    }),
    control: Type.Optional(
      Type.Object(Object.fromEntries(CONTROL_FIELDS.map((name) => [name, ControlField])), {
        additionalProperties: false,
        description:
          "What EDI_DC40 says of each IDoc, such as MESTYP, SNDPRN and RCVPRN, where the mapping does not",
      }),
    ),
  },
  { additionalProperties: false, description: "IDocs in XML" },
);

const only = { additionalProperties: false };
const Empty = (description: string) => Type.Object({}, { ...only, description });

/** The settings of one folder into which files are written. */
export const FileSinkSettings = Type.Object(
  {
    folder: RemotePath("Folder the files go to: on `server` where there is one, else on this machine"),
    name: Type.String({
      description:
        "Name of a file: {id} stands for the id of the delivery, or for flow, slot and part of a file of many; {sequence} for its number in 12 digits, by which names sort in order",
      pattern: "^[A-Za-z0-9_{-][A-Za-z0-9._{}-]*$",
      maxLength: 100,
    }),
    format: Type.Union(
      [
        Type.Object({ csv: Csv }, { ...only, description: "CSV" }),
        Type.Object({ fixed: Fixed }, { ...only, description: "Fixed width" }),
        Type.Object({ xml: Xml }, { ...only, description: "XML" }),
        Type.Object({ cobol: Cobol }, { ...only, description: "COBOL records" }),
        Type.Object({ edifact: EdifactSinkSettings }, { ...only, description: "EDIFACT" }),
        Type.Object({ x12: X12SinkSettings }, { ...only, description: "X12" }),
        Type.Object({ idoc: Idoc }, { ...only, description: "IDocs" }),
        Type.Object({ json: Empty("JSON") }, { ...only, description: "One JSON document" }),
        Type.Object({ jsonl: Empty("JSON Lines") }, { ...only, description: "A JSON document in each line" }),
      ],
      { description: "How a message is written: one record, or a list of them" },
    ),
    header: Type.Optional(
      Type.String({
        description:
          "First line of a file of many (`collect`): {id}, {sequence}, {date} and {time} stand for those of the file; {sequence:6} has six digits",
        minLength: 1,
        maxLength: 1000,
      }),
    ),
    trailer: Type.Optional(
      Type.String({
        description:
          "Last line of such a file, as `header`; {rows} stands for its records, {rows:8} in eight digits",
        minLength: 1,
        maxLength: 1000,
      }),
    ),
  },
  { additionalProperties: false, description: "A folder that files are written to" },
);

export type FileSinkOptions = Static<typeof FileSinkSettings>;
