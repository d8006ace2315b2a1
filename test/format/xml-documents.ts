import fc from "fast-check";

/** Names that are taken, of which some are taken in a special way. */
const NAME = fc.constantFrom(
  "a",
  "b",
  "r",
  "p:r",
  "cé",
  "p:a",
  "constructor",
  "a.b-c",
  "_",
  "xml",
  "\u{10400}n",
  "text",
);

/** Text that XML takes, in all its spellings. */
const TEXT = fc
  .array(
    fc.constantFrom(
      ..."x|hello world, this is longer| |\n|\r\n|\r|\t|&amp;|&lt;|&#65;|&#x1F600;|&#10;|&#13;|&#32;".split(
        "|",
      ),
      ..."ü|€|😀|\ufeff|\u2028|\u0085|]]|]|>|'|\"|-|\n   ".split("|"),
    ),
    { maxLength: 3 },
  )
  .map((parts) => parts.join("").replaceAll("]]>", ""));

/** What makes a document wrong, or only looks so. */
const ODD = fc.constantFrom(
  ..."&|&nbsp;|&#0;|&#xD800;|&#xFFFE;|&#x110000;|&#00065;|&#X41;|]]>|\u0001|\u007f|\0|\ufffe|\uffff".split(
    "|",
  ),
  ..."<|</|/>|<!|<?|?>|--|=|;|:|p:|<![CDATA[|<!--|<r>|</r>|<r/>|<a:b:c/>|<__proto__/>|<q:a/>".split("|"),
  ..."<!DOCTYPE a>|<?xml version='1.0'?>|xmlns:p=''|xmlns:=''| a='1' p:a='2'| a='1' a='1'|<#text/>".split(
    "|",
  ),
);

const BLANK = fc.constantFrom("", "", "", " ", "\n", "\t", "\r\n");

const ATTRIBUTES = fc
  .uniqueArray(fc.tuple(fc.oneof(NAME, fc.constantFrom("xmlns:q", "xmlns", "xml:lang")), TEXT, BLANK), {
    maxLength: 2,
    selector: ([name]) => name,
  })
  .map((all) =>
    all.map(([name, text, gap]) => ` ${gap}${name}${gap}=${gap}"${text.replaceAll('"', "")}"`).join(""),
  );

const MARKUP = fc.oneof(
  TEXT.map((text) => `<!--${text.replaceAll("-", "")}-->`),
  TEXT.map((text) => `<![CDATA[${text}<&]]>`),
  fc.constantFrom("<?pi?>", "<?pi x ?>", "<?pi ?x??>", "<?xml-x?>", "<?é é?>"),
);

const { element } = fc.letrec<{ element: string }>((tie) => ({
  element: fc
    .tuple(
      NAME,
      ATTRIBUTES,
      BLANK,
      fc.array(
        fc.oneof(
          { depthSize: "small" },
          TEXT,
          MARKUP,
          fc.tuple(BLANK, tie("element"), BLANK).map((it) => it.join("")),
        ),
        { maxLength: 4 },
      ),
    )
    .map(([name, attributes, gap, inner]) => {
      const start = `<${name}${attributes}${gap}`;
      return inner.length === 0 ? `${start}/>` : `${start}>${inner.join("")}</${name}${gap}>`;
    }),
}));

const record = fc
  .tuple(ATTRIBUTES, fc.array(element, { maxLength: 3 }), BLANK)
  .map(([attributes, inner, blank]) => `<r${attributes}>${blank}${inner.join(blank)}</r>`);

const PROLOG = fc.constantFrom(
  ...Array.from({ length: 12 }, () => ""),
  '<?xml version="1.0"?>',
  "<?xml version = '1.0' encoding='utf-8'\nstandalone=\"yes\" ?>\n<!-- x -->",
  '<?xml version="1.1"?>',
  '<?xml version="1.0"standalone="yes"?>',
  '<?xml encoding="utf-8" version="1.0"?>',
  "\n<?xml version='1.0'?>",
  "\ufeff",
);

/** A document that is well-formed in most cases. */
export const xmlDocument = fc
  .tuple(
    PROLOG,
    ATTRIBUTES,
    fc.array(fc.oneof(TEXT, MARKUP, element, record, record), { maxLength: 6 }),
    BLANK,
  )
  .map(
    ([prolog, attributes, parts, end]) =>
      `${prolog}<all xmlns:p="u"${attributes}>${parts.join("")}</all>${end}`,
  );

/** A way to damage any document: cut out, doubled, or with something odd put in, at places given as shares of it. */
export const damage = fc
  .array(
    fc.tuple(
      fc.constantFrom("cut", "double", "insert", "end"),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(8),
      fc.oneof(ODD, TEXT),
    ),
    { maxLength: 2 },
  )
  .map((steps) => (text: string) => {
    let damaged = text;
    for (const [how, share, length, odd] of steps) {
      const at = Math.floor(share * damaged.length);
      const [before, piece, behind] = [
        damaged.slice(0, at),
        damaged.slice(at, at + length),
        damaged.slice(at + length),
      ];
      if (how === "cut") damaged = before + behind;
      else if (how === "double") damaged = before + piece + piece + behind;
      else if (how === "insert") damaged = before + odd + piece + behind;
      else damaged = before;
    }
    return damaged;
  });
