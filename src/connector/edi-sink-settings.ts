import { Type } from "@sinclair/typebox";

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
