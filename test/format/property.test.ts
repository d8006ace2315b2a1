import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { XMLParser } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import { openCsv } from "../../src/format/csv.ts";
import { readCsvFile } from "../../src/format/csv-file.ts";
import { type CsvOptions, setUpCsv } from "../../src/format/csv-options.ts";
import type { Format, RecordStream } from "../../src/format/format.ts";
import { readJsonFile } from "../../src/format/json-file.ts";
import { openJson } from "../../src/format/json-format.ts";
import { openJsonLines, readJsonLines } from "../../src/format/jsonl.ts";
import { openXml } from "../../src/format/xml.ts";
import { readXmlFile } from "../../src/format/xml-file.ts";
import { setUpXml } from "../../src/format/xml-options.ts";
import { failureOf, readBytes, sliceOf } from "./support.ts";

const step = fc.integer({ min: 1, max: 40 });

/** Reads a file in small steps, and each of its records alone: both must say the same. */
async function readTwice(text: string, format: Format, open: (path: string) => RecordStream) {
  const reading = await readBytes(text, open);
  for (const row of reading.rows) {
    const bytes = sliceOf(text, row);
    if (row.error === undefined) expect(format.decode(bytes, reading.context)).toEqual(row.value);
    else expect(failureOf(() => format.decode(bytes, reading.context)).code).toBe(row.error.code);
    expect(
      text.slice(0, Buffer.from(text).subarray(0, row.offset).toString().length).split("\n"),
    ).toHaveLength(row.line);
  }
  return reading;
}

/** Text that is likely to hold what a format gives a meaning to. */
const cell = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "ü", "😀", '"', ",", ";", "\n", "\r\n", " ", "#", "\\", "'", "<") }),
  fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\0", "")),
);

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

describe("CSV rows", () => {
  const table = fc
    .integer({ min: 1, max: 5 })
    .chain((width) =>
      fc.array(fc.array(fc.tuple(cell, fc.boolean()), { minLength: width, maxLength: width }), {
        maxLength: 12,
      }),
    )
    .map((rows) => rows.map((row) => row.map(([text, always]) => ({ text, always }))));

  it("read in steps, read alone, written and read by another parser are the same", async () => {
    await fc.assert(
      fc.asyncProperty(
        table,
        step,
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        async (rows, size, lineEnd, last) => {
          const width = rows[0]?.length ?? 1;
          const columns = Array.from({ length: width }, (_, index) => `c${index}`);
          const lines = rows.map((row) =>
            row
              .map(({ text, always }) =>
                always || text === "" || /[",\r\n]/.test(text) ? quoted(text) : text,
              )
              .join(","),
          );
          const text =
            [columns.join(","), ...lines].join(lineEnd) + (last || rows.length === 0 ? lineEnd : "");
          const reading = await readTwice(text, openCsv({ empty: "null" }), (path) =>
            readCsvFile(path, setUpCsv({ empty: "null" }), size),
          );
          const wanted = rows.map((row) =>
            Object.fromEntries(row.map((it, index) => [`c${index}`, it.text || null])),
          );
          expect(reading.error).toBeUndefined();
          expect(reading.values).toEqual(wanted);
          const other = parse(text, { columns: true, record_delimiter: lineEnd }) as Record<string, string>[];
          expect(
            other.map((row) =>
              Object.fromEntries(Object.entries(row).map(([name, it]) => [name, it || null])),
            ),
          ).toEqual(wanted);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("of any text at all are the same in steps of any size, and no byte goes unread", async () => {
    const noise = fc.string({
      unit: fc.constantFrom("a", "ü", '"', '""', ",", "\n", "\r\n", "\r", " ", "\0", "#"),
      maxLength: 60,
    });
    const options = fc.constantFrom<CsvOptions>(
      {},
      { trim: true },
      { comment: "#" },
      { escape: "\\" },
      { recordLimit: 12 },
      { quote: "" },
    );
    await fc.assert(
      fc.asyncProperty(noise, step, options, async (body, size, option) => {
        const text = `x,y\n${body}`;
        const whole = await readBytes(text, (path) => openCsv(option).records(path));
        const parts = await readBytes(text, (path) => readCsvFile(path, setUpCsv(option), size));
        const facts = ({ row, line, offset, length, value, error }: (typeof whole.rows)[number]) => [
          row,
          line,
          offset,
          length,
          value,
          error?.code,
        ];
        const enough = option.recordLimit === undefined;
        if (enough) expect(parts.rows.map(facts)).toEqual(whole.rows.map(facts));
        if (enough) expect(parts.error?.describe()).toBe(whole.error?.describe());
        if (whole.error !== undefined) return;
        let at = 4;
        for (const row of whole.rows) {
          const between = Buffer.from(text).subarray(at, row.offset).toString();
          expect(option.comment === undefined ? between.trim() : "").toBe("");
          at = row.offset + row.length;
          if (row.error !== undefined)
            expect(failureOf(() => openCsv(option).decode(sliceOf(text, row), whole.context)).code).toBe(
              row.error.code,
            );
          else expect(openCsv(option).decode(sliceOf(text, row), whole.context)).toEqual(row.value);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it("that strict csv-parse takes are taken alike", async () => {
    const noise = fc.string({
      unit: fc.constantFrom("a", "b", '"', '""', '","', ",", "\n", '"\n"'),
      maxLength: 40,
    });
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(noise, step, async (body, size) => {
        const text = `x,y\n${body}`;
        let rows: Record<string, string>[];
        try {
          rows = parse(text, { columns: true, skip_empty_lines: true }) as Record<string, string>[];
        } catch {
          const refused = await readBytes(text, (path) => readCsvFile(path, setUpCsv({}), size));
          expect(refused.error !== undefined || refused.codes.some((code) => code !== undefined)).toBe(true);
          return;
        }
        compared += rows.length;
        const reading = await readBytes(text, (path) => readCsvFile(path, setUpCsv({ empty: "null" }), size));
        expect(reading.error).toBeUndefined();
        expect(reading.values).toEqual(rows.map((row) => ({ x: row["x"] || null, y: row["y"] || null })));
      }),
      { numRuns: 3000 },
    );
    expect(compared).toBeGreaterThan(50);
  });
});

describe("JSON records", () => {
  // A member named __proto__ is refused, see the tests of JSON.
  const value = fc
    .json({ maxDepth: 4, stringUnit: "grapheme" })
    .filter((text) => !/__proto__|constructor/.test(text));
  const blank = fc.constantFrom("", " ", "\n", "\t\r\n");

  it("of an array read in steps are the same as read alone", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(value, { minLength: 1, maxLength: 8 }),
        step,
        blank,
        async (items, size, space) => {
          const text = `${space}{"x":[${items[0]}],${space}"a":{"records"${space}:[${space}${items.join(`${space},${space}`)}${space}]}}`;
          const reading = await readTwice(text, openJson({}), (path) =>
            readJsonFile(path, ["a", "records"], size),
          );
          expect(reading.error).toBeUndefined();
          expect(reading.values).toEqual(items.map((item) => openJson({}).decode(Buffer.from(item))));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("of lines read in steps are the same as read alone", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            value,
            cell.map((text) => text.replace(/\s/g, "")),
          ),
          { maxLength: 8 },
        ),
        step,
        async (items, size) => {
          const text = items.map((item) => `${item}\n`).join("");
          await readTwice(text, openJsonLines(), (path) => ({
            context: { format: "jsonl" },
            [Symbol.asyncIterator]: () => readJsonLines(path, size),
          }));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("cut anywhere end with an error, never with fewer records", async () => {
    const text = '{"a":[{"b":"]"},{"c":[1,2]},"ü"],"z":{"y":"}"}} ';
    for (let cut = 0; cut < text.length - 1; cut++) {
      const reading = await readBytes(text.slice(0, cut), (path) => readJsonFile(path, ["a"], 5));
      expect(reading.error?.code, `cut at ${cut}`).toBe("TL_FILE_TRUNCATED");
    }
  });
});

describe("XML records", () => {
  const escaped = (text: string) => text.replace(/[<&>"\n\r\t]/g, (char) => `&#${char.codePointAt(0)};`);
  const name = fc.constantFrom("a", "b", "cé", "constructor", "p:d");
  /** Without the control characters that XML 1.0 cannot hold. */
  const content = cell.map((text) =>
    Array.from(text)
      .filter((char) => char >= " " && char < "\ufffe")
      .join(""),
  );
  const { element } = fc.letrec<{ element: string }>((tie) => ({
    element: fc
      .tuple(
        name,
        fc.uniqueArray(fc.tuple(name, content), { maxLength: 2, selector: ([it]) => it }),
        fc.oneof(
          { depthSize: "small", withCrossShrink: true },
          content.map(escaped),
          content.map((text) => `<![CDATA[${text.replaceAll("]]>", "")}]]>`),
          fc.array(tie("element"), { maxLength: 4 }).map((all) => all.join("")),
          fc.array(tie("element"), { maxLength: 3 }).map((all) => `\n  ${all.join("\r\n  ")}\n`),
        ),
      )
      .map(([tag, attributes, inner]) => {
        const list = attributes.map(([it, text]) => ` ${it}="${escaped(text)}"`).join("");
        return inner === "" ? `<${tag}${list}/>` : `<${tag}${list}>${inner}</${tag}>`;
      }),
  }));

  it("read in steps are the same as read alone", async () => {
    const options = fc.constantFrom(
      { record: "r" },
      { record: "r", namespaces: "keep" as const },
      { record: "all/r", arrays: ["a", "b/a"] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(element, { maxLength: 4 }), { maxLength: 5 }),
        step,
        options,
        async (records, size, option) => {
          const text = `<all xmlns:p="u">\n${records.map((parts) => `<r>${parts.join("")}</r>`).join("\n<!-- ü -->")}</all>\n`;
          const format = openXml(option);
          const reading = await readTwice(text, format, (path) => readXmlFile(path, setUpXml(option), size));
          expect(reading.error).toBeUndefined();
          expect(reading.rows).toHaveLength(records.length);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("have the value that fast-xml-parser gives, where it is careful", async () => {
    const other = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: "@",
      parseTagValue: false,
      parseAttributeValue: false,
      trimValues: false,
      removeNSPrefix: true,
      cdataPropName: "",
    });
    const plain = fc.stringMatching(/^[a-z0-9]{1,5}$/);
    const tag = fc.constantFrom("a", "b", "c");
    const { node } = fc.letrec<{ node: string }>((tie) => ({
      node: fc
        .tuple(
          tag,
          fc.uniqueArray(fc.tuple(tag, plain), { maxLength: 2, selector: ([it]) => it }),
          fc.oneof(
            { depthSize: "small" },
            plain,
            fc.array(tie("node"), { maxLength: 4 }).map((all) => all.join("")),
          ),
        )
        .map(
          ([it, attributes, inner]) =>
            `<${it}${attributes.map(([key, text]) => ` ${key}="${text}"`).join("")}>${inner}</${it}>`,
        ),
    }));
    fc.assert(
      fc.property(fc.array(node, { minLength: 1, maxLength: 4 }), (parts) => {
        const text = `<r>${parts.join("")}</r>`;
        expect(openXml({ record: "r" }).decode(Buffer.from(text))).toEqual(
          (other.parse(text) as { r: unknown }).r,
        );
      }),
      { numRuns: 300 },
    );
  });

  it("cut anywhere end with an error", async () => {
    const text = '<all xmlns:p="u"><r p:x="ü">a&amp;b</r><!-- c --><r><![CDATA[]]]]></r><?pi x?></all>';
    for (let cut = 0; cut < text.length; cut++) {
      const reading = await readBytes(text.slice(0, cut), (path) =>
        readXmlFile(path, setUpXml({ record: "r" }), 7),
      );
      expect(reading.error?.code, `cut at ${cut}`).toBe("TL_FILE_TRUNCATED");
    }
  });
});
