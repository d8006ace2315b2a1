import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { HubError } from "../../src/errors.ts";
import type { Row } from "../../src/format/format.ts";
import { scanXmlFile } from "../../src/format/xml-file.ts";
import { setUpXml, type XmlOptions, type XmlSetup } from "../../src/format/xml-options.ts";
import { readXmlBySaxes } from "../../src/format/xml-sax-file.ts";
import { bombSamples, doctypeSamples } from "../faults/xml-samples.ts";
import { damage, xmlDocument } from "./xml-documents.ts";

const folder = mkdtempSync(join(tmpdir(), "xml-equal-"));
const path = join(folder, "document");
afterAll(() => rmSync(folder, { recursive: true }));

/** Set up once, as for a flow, so that what one document leaves behind would be found in the next. */
const setups = new Map<XmlOptions, XmlSetup>();

const OPTIONS: readonly XmlOptions[] = [
  { record: "r" },
  { record: "all/r" },
  { record: "p:r" },
  { record: "r", namespaces: "keep" },
  { record: "a", arrays: ["b", "r/a", "all/r/b"] },
  { record: "all" },
  { record: "r", text: "text", attributes: "$" },
];

async function collect(
  reading: AsyncGenerator<readonly Row[], unknown>,
): Promise<{ readonly rows: readonly object[]; readonly end: unknown }> {
  const rows: object[] = [];
  for (;;) {
    try {
      const next = await reading.next();
      if (next.done === true) return { rows, end: next.value };
      for (const { bytes, ...row } of next.value)
        rows.push({ ...row, own: Buffer.from(bytes ?? []).toString() });
    } catch (thrown) {
      if (!(thrown instanceof HubError)) throw thrown;
      return { rows, end: thrown.code };
    }
  }
}

/** Reads one document both ways. @returns how many records the quick reader gave; undefined: it was in doubt */
async function compare(
  text: string | Uint8Array,
  options: XmlOptions,
  step?: number,
): Promise<number | undefined> {
  writeFileSync(path, text);
  const setup = setups.get(options) ?? setUpXml(options);
  setups.set(options, setup);
  const quick = await collect(scanXmlFile(path, setup, step));
  const careful = await collect(readXmlBySaxes(path, setup, step));
  if (quick.end === "whole") expect(careful.end).toBeUndefined();
  // In doubt it may have given fewer, but none that the other would not give before it gives up.
  expect(quick.rows).toEqual(careful.rows.slice(0, quick.rows.length));
  if (quick.end === "whole") expect(quick.rows).toHaveLength(careful.rows.length);
  return quick.end === "whole" ? quick.rows.length : undefined;
}

describe("the quick reader of XML", () => {
  it("gives what saxes gives for generated documents, and never takes what saxes refuses", async () => {
    let [taken, records, doubted] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(
        xmlDocument,
        damage,
        fc.constantFrom(...OPTIONS),
        fc.integer({ min: 1, max: 60 }),
        async (document, harm, options, step) => {
          const found = await compare(harm(document), options, step);
          if (found === undefined) doubted++;
          else taken++;
          records += found ?? 0;
        },
      ),
      { numRuns: 4000 },
    );
    expect(
      [taken, records, doubted].every((count) => count > 200),
      `${taken} ${records} ${doubted}`,
    ).toBe(true);
  });

  it("is in doubt about every document with a DOCTYPE", async () => {
    for (const { text } of doctypeSamples())
      expect(await compare(text, { record: "customer" })).toBeUndefined();
  });

  it("takes no document that is built to do harm, unless saxes does", async () => {
    for (const { text } of bombSamples()) await compare(text, { record: "customer" });
  });

  it("never takes a harmful document that was damaged further, unless saxes does", async () => {
    const small = [...doctypeSamples(), ...bombSamples()].filter(({ text }) => text.length < 5000);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...small), damage, async ({ text }, harm) => {
        await compare(harm(text), { record: "customer" }, 50);
      }),
      { numRuns: 500 },
    );
  });

  it("takes no document in which a byte is broken, unless it is still UTF-8", async () => {
    const text = Buffer.from('<all a="ü"><!-- € --><r>ö<b>😀</b></r><r><![CDATA[é]]></r></all>');
    for (let at = 0; at < text.length; at++) {
      for (const byte of [0x80, 0xc3, 0xff, 0x00, 0x3c]) {
        const broken = Buffer.from(text);
        broken[at] = byte;
        await compare(broken, { record: "r" }, 16);
      }
    }
  });

  it.each([
    ["a value with a reference", "<all><r><a>1 &amp; 2</a></r></all>"],
    [
      "comments, instructions and CDATA",
      "<?xml version='1.0'?><!-- c --><all><?p i?><r>a<!-- b --><![CDATA[c]]></r></all>",
    ],
    ["prefixes", '<p:all xmlns:p="u"><p:r p:a="1" xmlns:q="v"><q:b/></p:r></p:all>'],
    ["text outside of records", "<all><when>2026-11-27</when>\n<r/>text<r/></all>"],
    ["umlauts in names", "<Kühe><r><größe>1</größe></r></Kühe>"],
    ["carriage returns", "<all>\r\n<r>\r\n<a>1\r2\r\n3</a></r>\r</all>\r\n"],
  ])("takes %s without a doubt", async (_, text) => {
    expect(await compare(text, { record: "r" })).toBeGreaterThan(0);
  });

  it("leaves what its sibling limits to it: many attributes, depth, names and long stretches", async () => {
    const attributes = Array.from({ length: 1001 }, (_, n) => ` a${n}=""`).join("");
    expect(await compare(`<all><r${attributes}/></all>`, { record: "r" })).toBeUndefined();
    expect(await compare(`${"<r>".repeat(65)}${"</r>".repeat(65)}`, { record: "r" })).toBeUndefined();
    expect(await compare(`<all><r/>${" ".repeat(20_000_000)}</all>`, { record: "r" })).toBeUndefined();
    const names = Array.from({ length: 6000 }, (_, n) => `<a${n}/>`).join("");
    expect(await compare(`<all><r>${names}</r></all>`, { record: "r" })).toBeUndefined();
  });

  it("keeps order and values where objects have many members, repeated ones and numbers for names", async () => {
    const many = Array.from({ length: 300 }, (_, n) => `<m${n}>${n}</m${n}>`).join("");
    const mixed = "<_1>a</_1><b>1</b><c/><b>2</b><d>x<e/>y</d><b>3</b>";
    expect(await compare(`<all>${`<r>${many}</r><r>${mixed}</r>`.repeat(30)}</all>`, { record: "r" })).toBe(
      60,
    );
  });
});
