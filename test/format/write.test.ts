import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openFormat } from "../../src/format/open.ts";
import { recordWriter } from "../../src/format/write.ts";
import type { Json } from "../../src/message/json.ts";

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");
const csv = (body: Json, over: object = {}): string =>
  text(recordWriter({ csv: { columns: ["id", "name"], ...over } })(body));

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
    expect([...latin({ id: "ü" })]).toEqual([0xfc, 13, 10]);
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
  const xml = (body: Json): string => text(recordWriter({ xml: { root: "list", record: "item" } })(body));

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

  it("refuses names and characters that no document can hold", () => {
    expect(() => xml({ "two words": 1 })).toThrow("whose name no element can have");
    expect(() => xml({ "@<": 1 })).toThrow("whose name no attribute can have");
    expect(() => xml({ name: "\u0000" })).toThrow("a character that XML cannot hold");
  });
});

describe("JSON as it is written", () => {
  it("is one document, or one in each line", () => {
    expect(text(recordWriter({ json: {} })([{ a: 1 }]))).toBe('[{"a":1}]\n');
    expect(text(recordWriter({ jsonl: {} })([{ a: 1 }, { a: 2 }]))).toBe('{"a":1}\n{"a":2}\n');
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
