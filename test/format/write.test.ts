import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openFormat } from "../../src/format/open.ts";
import { recordWriter } from "../../src/format/write.ts";
import type { Json } from "../../src/message/json.ts";

const MARK = { sequence: 1 };
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");
const csv = (body: Json, over: object = {}): string =>
  text(recordWriter({ csv: { columns: ["id", "name"], ...over } }).whole(body, MARK));

describe("CSV as it is written", () => {
  it("quotes what would be read otherwise, and leaves out what is missing or null", () => {
    const body = [
      { id: 1, name: 'a "b", c' },
      { id: 2, name: null },
      { id: 3 },
      { id: 4, name: "two\nlines" },
    ];
    expect(csv(body)).toBe('id,name\r\n1,"a ""b"", c"\r\n2,\r\n3,\r\n4,"two\nlines"\r\n');
    expect(csv({ id: 1, name: "x" }, { header: false, newline: "lf", delimiter: ";" })).toBe("1;x\n");
  });

  it("keeps spreadsheets from running what somebody wrote, unless it is to be kept", () => {
    const cells = ["=1+1", "+cmd", "-2+3", "@sum", "\tx", "-12.50", "+4930123456", "plain"];
    const written = (formulas: object): string[] =>
      cells.map((name) =>
        csv({ id: 1, name }, { header: false, ...formulas })
          .trimEnd()
          .slice(2),
      );
    expect(written({})).toEqual([
      "'=1+1",
      "'+cmd",
      "'-2+3",
      "'@sum",
      "'\tx",
      "-12.50",
      "+4930123456",
      "plain",
    ]);
    expect(written({ formulas: "keep" })[0]).toBe("=1+1");
  });

  it("refuses what has no column, what is no cell, and characters that the encoding lacks", () => {
    expect(() => csv({ id: 1, other: "secret" })).toThrow("record 1 has a field that is none of the columns");
    expect(() => csv([{ id: 1 }, { id: ["x"] }])).toThrow("record 2 has a list or object in id");
    expect(() => csv("text")).toThrow("is not an object");
    expect(() => csv({ id: "Ж" }, { encoding: "windows-1252" })).toThrow("windows-1252 does not have");
    const latin = recordWriter({ csv: { columns: ["id"], header: false, encoding: "windows-1252" } });
    expect([...latin.whole({ id: "ü" }, MARK)]).toEqual([0xfc, 13, 10]);
  });

  it("is read back as it was, whatever the texts are", async () => {
    const cell = fc.string({ unit: "grapheme" }).filter((one) => one !== "" && !/[\r\0]/.test(one));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ id: cell, name: cell }), { minLength: 1 }), async (records) => {
        expect(await readBack(csv(records, { formulas: "keep" }), { csv: {} })).toEqual(records);
      }),
      { numRuns: 30 },
    );
  });
});

describe("XML as it is written", () => {
  const xml = (body: Json): string =>
    text(recordWriter({ xml: { root: "list", record: "item" } }).whole(body, MARK));

  it("has lists as repeated elements and marked members as attributes", () => {
    const body = {
      "@id": "7",
      name: "Müller & <Co>",
      phone: ["1", "2"],
      note: { "@lang": "de", "#text": "x" },
    };
    expect(xml(body)).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<list>\n  <item id="7">\n    <name>Müller &amp; &lt;Co&gt;</name>\n' +
        '    <phone>1</phone>\n    <phone>2</phone>\n    <note lang="de">x</note>\n  </item>\n</list>\n',
    );
  });

  it("is read back by the same names", async () => {
    const records = [
      { "@id": "7", name: "a\tb", phone: ["1", "2"] },
      { "@id": "8", name: "\"'&<>" },
    ];
    expect(await readBack(xml(records), { xml: { record: "item" } })).toEqual(records);
  });

  it("writes IDocs, whose segments and their attributes are read back as they were", async () => {
    const segment = (name: string, fields: object): object => ({ [name]: { "@SEGMENT": "1", ...fields } });
    const idoc = {
      "@BEGIN": "1",
      ...segment("EDI_DC40", { DOCNUM: "0000000000000042", IDOCTYP: "DEBMAS06" }),
      E1KNA1M: { "@SEGMENT": "1", KUNNR: "0000004711", E1KNB1M: [{ BUKRS: "1000" }, { BUKRS: "2000" }] },
    } as unknown as Json;
    const written = text(
      recordWriter({ xml: { root: "DEBMAS06", record: "IDOC" } }).whole([idoc, idoc], MARK),
    );
    const read = await readBack(written, { xml: { record: "IDOC" } });
    expect(read).toEqual([idoc, idoc]);
  });

  it("refuses names and characters that no document can hold", () => {
    expect(() => xml({ "two words": 1 })).toThrow("whose name no element can have");
    expect(() => xml({ "@<": 1 })).toThrow("whose name no attribute can have");
    expect(() => xml({ name: "\u0000" })).toThrow("a character that XML cannot hold");
  });
});

describe("fixed width as it is written", () => {
  const FIELDS = [
    { name: "amount", at: 13, length: 8, type: "number", decimals: 2 },
    { name: "id", at: 1, length: 4, type: "integer" },
    { name: "name", at: 6, length: 6 },
    { name: "rate", at: 21, length: 5, type: "number" },
  ] as const;
  const fixed = (body: Json, over: object = {}): string =>
    text(recordWriter({ fixed: { fields: FIELDS, ...over } }).whole(body, MARK));

  it("puts texts at the left, numbers at the right, and blanks where nothing is said", () => {
    const body = [
      { id: 7, name: "Müller", amount: 12.5, rate: 0.5 },
      { id: -7, name: "x", amount: "-0.05", rate: null },
      {},
    ];
    const lines = ["   7 Müller 00001250  0.5", "  -7 x      -0000005     ", " ".repeat(25)];
    expect(fixed(body)).toBe(lines.map((line) => `${line}\r\n`).join(""));
    expect(fixed({ id: 7 }, { length: 30, newline: "none", numbers: "zeros" })).toBe(`0007${" ".repeat(26)}`);
  });

  it("is read back by the same fields, whatever the numbers and texts are", async () => {
    const name = fc.stringMatching(/^[!-~]{1,6}$/);
    const cents = fc.integer({ min: -999_999, max: 9_999_999 });
    const record = fc.record({
      id: fc.integer({ min: -999, max: 9999 }),
      name,
      amount: cents,
      rate: fc.nat(9999),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1 }), async (list) => {
        const records = list.map((one) => ({ ...one, amount: Number((one.amount / 100).toFixed(2)) }));
        expect(await readBack(fixed(records), { fixed: { layout: { fields: FIELDS } } })).toEqual(records);
      }),
      { numRuns: 30 },
    );
  });

  it("cuts nothing off and rounds nothing", () => {
    expect(() => fixed({ name: "Müllerin" })).toThrow("needs more than the 6 characters of name");
    expect(() => fixed({ name: "a\nb" })).toThrow("has a line break or a NUL in name");
    expect(() => fixed({ id: 12345 })).toThrow("needs more than the 4 characters of id");
    expect(() => fixed({ id: 1.5 })).toThrow("has no integer in id");
    expect(() => fixed({ rate: 1e21 })).toThrow("has no plain number in rate");
    expect(() => fixed([{ amount: 1 }, { amount: 0.125 }])).toThrow(
      "record 2 has more than 2 decimals in amount",
    );
    expect(() => fixed({ id: [1] })).toThrow("has a list or object in id");
    expect(() => fixed({ other: 1 })).toThrow("has a field that is none of the layout");
  });

  it("has no fields of which one lies over another", () => {
    const fields = [
      { name: "a", at: 1, length: 4 },
      { name: "b", at: 4, length: 1 },
    ];
    expect(() => recordWriter({ fixed: { fields } })).toThrow("b begins before a ends");
    expect(() => fixed({}, { length: 20 })).toThrow("the field ends after the record");
  });
});

describe("a document of many records", () => {
  const FORMATS = {
    csv: { csv: { columns: ["a"], encoding: "utf-16le" } },
    fixed: { fixed: { fields: [{ name: "a", at: 1, length: 3 }] } },
    xml: { xml: { root: "list", record: "item" } },
    jsonl: { jsonl: {} },
    json: { json: {} },
  } as const;

  it.each(Object.entries(FORMATS))("in %s is the same, whole or record by record", (name, format) => {
    const writer = recordWriter(format);
    const { head, part, tail } = writer.open(MARK);
    const parts = [{ a: "1" }, { a: "2" }].map((record, n) => part(record, n));
    const written = Buffer.concat([writer.bom, head, ...parts, tail()]);
    const whole = writer.whole([{ a: "1" }, { a: "2" }], MARK);
    if (name === "json") expect(JSON.parse(text(written))).toEqual(JSON.parse(text(whole)));
    else expect(written.equals(whole)).toBe(true);
  });
});

describe("JSON as it is written", () => {
  it("is one document, or one in each line", () => {
    expect(text(recordWriter({ json: {} }).whole([{ a: 1 }], MARK))).toBe('[{"a":1}]\n');
    expect(text(recordWriter({ jsonl: {} }).whole([{ a: 1 }, { a: 2 }], MARK))).toBe('{"a":1}\n{"a":2}\n');
  });
});

async function readBack(written: string, format: Parameters<typeof openFormat>[0]): Promise<Json[]> {
  const folder = mkdtempSync(join(tmpdir(), "tieline-write-"));
  try {
    const path = join(folder, "file");
    writeFileSync(path, written);
    const records: Json[] = [];
    for await (const rows of openFormat(format).records(path))
      for (const row of rows) records.push(row.value ?? null);
    return records;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
