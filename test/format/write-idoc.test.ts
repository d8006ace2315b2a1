import fc from "fast-check";
import { XMLParser } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import { recordWriter } from "../../src/format/write.ts";
import type { IdocWriteOptions } from "../../src/format/write-idoc.ts";
import { openXml } from "../../src/format/xml.ts";
import type { Json, JsonObject } from "../../src/message/json.ts";
import { sampleFiles } from "./edi-by-hand.ts";
import { failureOf, readBytes } from "./support.ts";

const MARK = { sequence: 4711, date: "20261128", time: "020000" };
const CONTROL = {
  ...{ MANDT: "100", MESTYP: "DEBMAS", SNDPOR: "TIELINE", SNDPRT: "LS", SNDPRN: "HUB" },
  ...{ RCVPRT: "LS", RCVPRN: "ERPCLNT100" },
};
const BODY = {
  E1KNA1M: {
    KUNNR: "0000004711",
    E1KNB1M: [{ BUKRS: "1000" }, { BUKRS: "2000", TAGE1: 30 }],
    NAME1: "Müller & Co",
    NAME2: "",
    ORT01: null,
  },
};

const writer = (options: Partial<IdocWriteOptions> = {}) =>
  recordWriter({ idoc: { type: "DEBMAS06", control: CONTROL, ...options } });
const write = (body: unknown, options: Partial<IdocWriteOptions> = {}): string =>
  Buffer.from(writer(options).whole(body as Json, MARK)).toString();
const read = (text: string | Uint8Array) =>
  readBytes(text, (path) => openXml({ record: "IDOC" }).records(path));

describe("an IDoc as it is written", () => {
  it("has its control record before its segments, and their attributes", () => {
    expect(write(BODY)).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>
<DEBMAS06>
  <IDOC BEGIN="1">
    <EDI_DC40 SEGMENT="1">
      <TABNAM>EDI_DC40</TABNAM>
      <MANDT>100</MANDT>
      <DOCNUM>0000000000004711</DOCNUM>
      <DIRECT>2</DIRECT>
      <IDOCTYP>DEBMAS06</IDOCTYP>
      <MESTYP>DEBMAS</MESTYP>
      <SNDPOR>TIELINE</SNDPOR>
      <SNDPRT>LS</SNDPRT>
      <SNDPRN>HUB</SNDPRN>
      <RCVPRT>LS</RCVPRT>
      <RCVPRN>ERPCLNT100</RCVPRN>
      <CREDAT>20261128</CREDAT>
      <CRETIM>020000</CRETIM>
    </EDI_DC40>
    <E1KNA1M SEGMENT="1">
      <KUNNR>0000004711</KUNNR>
      <NAME1>Müller &amp; Co</NAME1>
      <NAME2></NAME2>
      <E1KNB1M SEGMENT="1">
        <BUKRS>1000</BUKRS>
      </E1KNB1M>
      <E1KNB1M SEGMENT="1">
        <BUKRS>2000</BUKRS>
        <TAGE1>30</TAGE1>
      </E1KNB1M>
    </E1KNA1M>
  </IDOC>
</DEBMAS06>
`,
    );
  });

  it("is one of many in a file, each by the number of its delivery", async () => {
    const { head, part, tail } = writer().open(MARK);
    const pieces = [4700, 4711].map((sequence) => part(BODY as Json, sequence));
    const { values } = await read(Buffer.concat([head, ...pieces, tail()]));
    const numbers = values.map((value) => (value as { EDI_DC40: JsonObject }).EDI_DC40["DOCNUM"]);
    expect(numbers).toEqual(["0000000000004700", "0000000000004711"]);
    const alone = writer().open(MARK);
    const one = alone.part(BODY as Json, MARK.sequence);
    expect(Buffer.concat([alone.head, one, alone.tail()]).toString()).toBe(write(BODY));
  });

  it.each([
    [{ EDI_DC40: { RCVPRN: "OTHER" } }, "/EDI_DC40/RCVPRN", "something else than the settings"],
    [{ EDI_DC40: { IDOCTYP: "MATMAS05" } }, "/EDI_DC40/IDOCTYP", "something else than the settings"],
    [{ EDI_DC40: { DOCNO: "1" } }, "/EDI_DC40/DOCNO", "has a field that no control record has"],
    [{ EDI_DC40: "x" }, "/EDI_DC40", "is no object"],
    [{ KUNNR: "1" }, "/KUNNR", "has a field outside of a segment"],
    [{ E1KNA1M: { KUNNR: ["1", "2"] } }, "/E1KNA1M/KUNNR/0", "only segments can be repeated"],
    [{ E1KNA1M: { KUNNR: true } }, "/E1KNA1M/KUNNR", "no text or plain number"],
    [{ E1KNA1M: { "#text": "x" } }, "/E1KNA1M/#text", "neither a field nor a segment"],
  ] as const)("%j is refused at %s", (body, field, message) => {
    const failure = failureOf(() => writer().check(body as unknown as Json));
    expect(failure).toMatchObject({ code: "TL_TARGET_REFUSED", place: { record: 1, field } });
    expect(failure.message).toContain(message);
  });

  it("is refused when nobody says for whom it is, or what it is called beside another", () => {
    const { RCVPRN: _, ...others } = CONTROL;
    expect(failureOf(() => write(BODY, { control: others })).place?.field).toBe("/EDI_DC40/RCVPRN");
    expect(failureOf(() => write([BODY, BODY])).place).toEqual({ record: 2, field: "/EDI_DC40/DOCNUM" });
    const numbered = ["1", "2"].map((DOCNUM) => ({ ...BODY, EDI_DC40: { DOCNUM } }));
    expect(write(numbered)).toContain("<DOCNUM>2</DOCNUM>");
  });
});

describe("IDocs that are written and read again", () => {
  const name = fc.constantFrom("KUNNR", "NAME1", "Z_FIELD");
  const value = fc
    .string({
      unit: fc.constantFrom("a", "Ü", "<", "&", '"', "]", ">", "\n", "7", "."),
      minLength: 1,
      maxLength: 8,
    })
    .filter((text) => text.trim() !== "");
  const { segment } = fc.letrec<{ segment: JsonObject }>((tie) => ({
    segment: fc
      .tuple(
        fc.dictionary(name, value, { minKeys: 1, maxKeys: 3 }),
        fc.oneof(
          { depthSize: "small", withCrossShrink: true },
          fc.constant({}),
          fc.record({
            E1ONE: tie("segment"),
            E1MANY: fc.array(tie("segment"), { minLength: 2, maxLength: 3 }),
          }),
        ),
      )
      .map(([fields, inner]) => ({ "@SEGMENT": "1", ...fields, ...inner }) as JsonObject),
  }));
  const control = fc.record({
    DOCNUM: fc.stringMatching(/^\d{16}$/),
    STATUS: fc.constant("30"),
    CREDAT: fc.constant("20250101"),
  });

  it("are the same, by the reader and by another parser", async () => {
    const other = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: "@",
      parseTagValue: false,
      parseAttributeValue: false,
      trimValues: false,
      isArray: (tag) => tag === "IDOC",
    });
    const defaults = {
      "@SEGMENT": "1",
      TABNAM: "EDI_DC40",
      DIRECT: "2",
      IDOCTYP: "DEBMAS06",
      CRETIM: "020000",
      ...CONTROL,
    };
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(control, segment), { minLength: 1, maxLength: 3 }), async (all) => {
        const records = all.map(([own, one]) => ({
          "@BEGIN": "1",
          EDI_DC40: { ...defaults, ...own },
          E1KNA1M: one,
        }));
        const text = write(records);
        expect((await read(text)).values).toEqual(records);
        const parsed = other.parse(text.replace(/>\n\s*</g, "><")) as { DEBMAS06: { IDOC: unknown[] } };
        expect(parsed.DEBMAS06.IDOC).toHaveLength(records.length);
        const segments = (text.match(/<(E1\w+|EDI_DC40)/g) ?? []).length;
        expect(text.split(' SEGMENT="1">').length - 1).toBe(segments);
        if (!JSON.stringify(records).includes("\\n")) expect(parsed.DEBMAS06.IDOC).toEqual(records);
      }),
      { numRuns: 100 },
    );
  });

  it("are what an ERP sent, whose files are read as they are", async ({ skip }) => {
    const files = sampleFiles("erp/idoc", /^(?!s4soap).*\.xml$/);
    skip(files.length === 0, "there is no folder of samples; name one with SAMPLES");
    const told: Record<string, number> = {};
    for (const { bytes } of files) {
      const { values, error } = await read(bytes);
      expect(error).toBeUndefined();
      for (const value of values as { EDI_DC40: JsonObject }[]) {
        const type = String(value.EDI_DC40["IDOCTYP"]);
        const idocs = recordWriter({ idoc: { type } });
        // Those who published them took out of most for whom they are: such an IDoc is refused.
        const bare = Object.keys(CONTROL).filter((name) => value.EDI_DC40[name] === "");
        if (bare.length > 0)
          expect(failureOf(() => idocs.whole(value, MARK)).message).toContain(
            "lacks what its control record needs",
          );
        const filled = { ...value.EDI_DC40, ...Object.fromEntries(bare.map((name) => [name, "LS"])) };
        const whole = { ...value, EDI_DC40: filled };
        expect((await read(idocs.whole(whole, MARK))).values).toEqual([whole]);
        told[type] = (told[type] ?? 0) + 1;
      }
    }
    expect(told).toEqual({ DELVRY07: 3, INVOIC02: 5, ORDERS05: 2 });
  });
});
