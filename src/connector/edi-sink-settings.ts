import { Type } from "@sinclair/typebox";
import { secret } from "./define.ts";

const only = { additionalProperties: false };

const Text = (description: string, most: number) =>
  Type.Optional(Type.String({ description, minLength: 1, maxLength: most }));

const Separator = (description: string, of: string) =>
  Type.Optional(Type.String({ description, pattern: "^[!-/:-@\\[-`{-~]$", default: of }));

const Newline = Type.Optional(
  Type.Union([Type.Literal("none"), Type.Literal("lf"), Type.Literal("crlf")], {
    description: "What stands behind each segment, for people who read the file",
    default: "none",
  }),
);

/** An EDIFACT interchange as it is written. */
export const EdifactSinkSettings = Type.Object(
  {
    interchange: Type.Optional(
      Type.Object(
        {
          syntax: Type.Optional(
            Type.String({
              description:
                "The character set: UNOA, UNOB, UNOC (Western European) … UNOL, UNOW and UNOY (UTF-8)",
              pattern: "^UNO[A-LWY]$",
              default: "UNOC",
            }),
          ),
          syntaxVersion: Type.Optional(
            Type.Union(
              [1, 2, 3, 4].map((version) => Type.Literal(String(version))),
              {
                description:
                  "Version of the syntax; default 3, and 4 from UNOL on. Elements are repeated from 4 on",
              },
            ),
          ),
          sender: Text("Who sends, such as a GLN", 35),
          senderQualifier: Text("What `sender` is: 14 for a GLN, ZZ as agreed", 4),
          recipient: Text("Who receives; without it a file holds one message, which says so", 35),
          recipientQualifier: Text("What `recipient` is", 4),
          application: Text("Application reference", 14),
          test: Type.Optional(Type.Boolean({ description: "Marks a test", default: false })),
          acknowledge: Type.Optional(
            Type.Boolean({ description: "Asks for an acknowledgement", default: false }),
          ),
          agreement: Text("Agreement by which is sent, such as EANCOM", 35),
        },
        {
          ...only,
          description: "What UNB says; a message that says something else of its interchange is refused",
        },
      ),
    ),
    group: Type.Optional(
      Type.Object(
        {
          sender: Text("Application that sends; default the sender of the interchange", 35),
          recipient: Text("Application that receives; default the recipient of the interchange", 35),
        },
        {
          ...only,
          description:
            "Set, also as {}, where messages stand in groups (UNG, UNE): one of each kind in a row",
        },
      ),
    ),
    message: Type.Optional(
      Type.Object(
        {
          type: Text("Such as INVOIC", 6),
          version: Text("Such as D", 3),
          release: Text("Such as 96A", 3),
          agency: Text("Such as UN", 3),
          association: Text("Such as EAN008", 6),
        },
        { ...only, description: "What UNH says of each message, where the mapping does not" },
      ),
    ),
    separators: Type.Optional(
      Type.Object(
        {
          component: Separator("Between components", ":"),
          element: Separator("Between elements", "+"),
          decimal: Type.Optional(
            Type.Union([Type.Literal("."), Type.Literal(",")], {
              description: "Decimal mark of numbers; texts stay as they are",
              default: ".",
            }),
          ),
          release: Separator("Before a separator that is text", "?"),
          repetition: Separator("Between repetitions, in version 4", "*"),
          terminator: Separator("Behind a segment", "'"),
        },
        { ...only, description: "What UNA says" },
      ),
    ),
    newline: Newline,
  },
  { ...only, description: "EDIFACT: a message is UNH to UNT, a file one interchange" },
);

/** An X12 interchange as it is written. */
export const X12SinkSettings = Type.Object(
  {
    interchange: Type.Optional(
      Type.Object(
        {
          sender: Text("Who sends (ISA06)", 15),
          senderQualifier: Text(
            "What `sender` is: 01 for a DUNS number, 12 for a telephone number, ZZ as agreed",
            2,
          ),
          recipient: Text("Who receives (ISA08); without it a file holds one message, which says so", 15),
          recipientQualifier: Text("What `recipient` is; default ZZ, as agreed", 2),
          syntaxVersion: Type.Optional(
            Type.String({
              description: "Version of the envelope (ISA12); elements are repeated from 00402 on",
              pattern: "^[0-9]{5}$",
              default: "00401",
            }),
          ),
          test: Type.Optional(Type.Boolean({ description: "Marks a test (ISA15)", default: false })),
          acknowledge: Type.Optional(
            Type.Boolean({ description: "Asks for an acknowledgement (ISA14)", default: false }),
          ),
          authorizationQualifier: Text("What `authorization` is (ISA01); default 00, nothing", 2),
          authorization: Text("Authorization (ISA02)", 10),
          securityQualifier: Text("What `security` is (ISA03): 01 for a password; default 00, nothing", 2),
          security: Type.Optional(
            secret({ description: "Password (ISA04); it stands in the file", minLength: 1 }),
          ),
        },
        {
          ...only,
          description: "What ISA says; a message that says something else of its interchange is refused",
        },
      ),
    ),
    group: Type.Optional(
      Type.Object(
        {
          type: Text("Functional identifier (GS01): PO for 850, IN for 810, SH for 856", 2),
          sender: Text("Application that sends (GS02); default the sender of the interchange", 15),
          recipient: Text("Application that receives (GS03); default the recipient of the interchange", 15),
          version: Text("Such as 004010 (GS08)", 12),
          agency: Text("Responsible agency (GS07); default X", 2),
        },
        { ...only, description: "What GS says of the messages, where the mapping does not" },
      ),
    ),
    message: Type.Optional(
      Type.Object(
        {
          type: Text("Such as 850 (ST01)", 3),
          version: Text("Implementation (ST03), such as 005010X222A1", 35),
        },
        { ...only, description: "What ST says of each message, where the mapping does not" },
      ),
    ),
    separators: Type.Optional(
      Type.Object(
        {
          component: Separator("Between components", ">"),
          element: Separator("Between elements", "*"),
          repetition: Separator("Between repetitions, from 00402 on", "^"),
          terminator: Type.Optional(
            Type.String({
              description: "Behind a segment; also a line end",
              pattern: "^[!-/:-@\\[-`{-~\\n]$",
              default: "~",
            }),
          ),
        },
        { ...only, description: "What parts the interchange; a value that holds one of them is refused" },
      ),
    ),
    encoding: Type.Optional(
      Type.String({ description: "ascii, or such as windows-1252 or utf-8", minLength: 1, default: "ascii" }),
    ),
    newline: Newline,
  },
  { ...only, description: "X12: a message is ST to SE, a file one interchange" },
);
