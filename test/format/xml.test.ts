import { describe, expect, it } from "vitest";
import { openXml } from "../../src/format/xml.ts";
import type { XmlOptions } from "../../src/format/xml-options.ts";
import type { Json } from "../../src/message/json.ts";
import { failureOf, readBytes, sliceOf } from "./support.ts";

const decode = (text: string, options: Partial<XmlOptions> = {}): Json =>
  openXml({ record: "r", ...options }).decode(Buffer.from(text));
const read = (text: string | Uint8Array, options: Partial<XmlOptions> = {}) =>
  readBytes(text, (path) => openXml({ record: "r", ...options }).records(path));

describe("an XML record", () => {
  it.each<[string, string, Json]>([
    ["text alone is a string", "<r>01234</r>", "01234"],
    ["nothing is an empty string", "<r/>", ""],
    ["an empty element", "<r><a/><b></b></r>", { a: "", b: "" }],
    ["elements", "<r><a>1</a><b>2</b></r>", { a: "1", b: "2" }],
    ["repeated elements are an array", "<r><a>1</a><b/><a>2</a><a>3</a></r>", { a: ["1", "2", "3"], b: "" }],
    ["attributes", '<r x="1"><a y=" 2 ">t</a></r>', { "@x": "1", a: { "@y": " 2 ", "#text": "t" } }],
    ["mixed text", "<r>one <b>two</b> three</r>", { b: "two", "#text": "one  three" }],
    ["layout between elements is dropped", "<r>\n  <a>\n  </a>\n  <b> </b>\n</r>", { a: "", b: " " }],
    ["entities and references", "<r>&lt;&amp;&gt;&quot;&apos;&#65;&#x1F600;</r>", "<&>\"'A😀"],
    ["entities in attributes", '<r a="&lt;&#10;&amp;"/>', { "@a": "<\n&" }],
    ["CDATA", "<r><![CDATA[<a>&amp;]]]]><![CDATA[>]]></r>", "<a>&amp;]]>"],
    ["comments and processing instructions are not content", "<r>a<!-- x --><?pi y?>b</r>", "ab"],
    [
      "prefixes are stripped",
      '<p:r xmlns:p="u"><p:a p:x="1">2</p:a></p:r>',
      { a: { "@x": "1", "#text": "2" } },
    ],
    [
      "names that objects inherit",
      "<r><constructor>1</constructor><toString/></r>",
      { constructor: "1", toString: "" },
    ],
    ["line ends are LF", "<r>a\r\nb\rc</r>", "a\nb\nc"],
  ])("with %s", async (_, text, wanted) => {
    expect(decode(text)).toEqual(wanted);
    expect((await read(`<all>\n${text}\n${text}</all>`)).values).toEqual([wanted, wanted]);
  });

  it("keeps prefixes when told to", () => {
    expect(decode('<p:r xmlns:p="u"><p:a p:x="1"/></p:r>', { namespaces: "keep" })).toEqual({
      "@xmlns:p": "u",
      "p:a": { "@p:x": "1" },
    });
  });

  it("has arrays where they are declared, by name or by path", () => {
    const text = "<r><a>1</a><b><a>2</a><c>3</c></b></r>";
    expect(decode(text, { arrays: ["a"] })).toEqual({ a: ["1"], b: { a: ["2"], c: "3" } });
    expect(decode(text, { arrays: ["b/a"] })).toEqual({ a: "1", b: { a: ["2"], c: "3" } });
    expect(decode(text, { arrays: ["r/b", "c"] })).toEqual({ a: "1", b: [{ a: "2", c: ["3"] }] });
  });

  it("has arrays by their path within it, whatever is around it", async () => {
    const option = { arrays: ["all/r/a", "all/a"] };
    const reading = await read("<all><r><a>1</a></r></all>", option);
    expect(reading.values).toEqual([{ a: "1" }]);
    expect(decode("<r><a>1</a></r>", option)).toEqual({ a: "1" });
  });

  it("names attributes and text as declared", () => {
    expect(decode('<r x="1">t</r>', { attributes: "$", text: "value" })).toEqual({ $x: "1", value: "t" });
  });

  it("with text and an element of the name that text is given is a bad row", async () => {
    const text = "<all><r>a<value>b</value></r><r>c</r></all>";
    expect((await read(text, { text: "value" })).codes).toEqual(["TL_DECODE_FAILED", undefined]);
  });

  it("may be found by its path or prefix", () => {
    const text = '<c xmlns:n="u"><x><r>no</r></x><y><n:r>yes</n:r></y></c>';
    expect(decode(text, { record: "y/r" })).toBe("yes");
    expect(decode(text, { record: "/c/y/r" })).toBe("yes");
    expect(decode(text, { record: "n:r" })).toBe("yes");
    expect(decode(text, { record: "x/r" })).toBe("no");
    expect(failureOf(() => decode(text)).message).toBe("expected one record in the document, found 2");
    expect(failureOf(() => decode(text, { record: "z" })).message).toBe(
      "expected one record in the document, found 0",
    );
  });

  it("cut out of its file needs not declare its prefixes", async () => {
    const text = '<a:all xmlns:a="u" xmlns:b="v">\n<a:r b:x="ü"><b:c>1</b:c></a:r></a:all>';
    const { rows, context, error } = await read(text);
    expect(error).toBeUndefined();
    expect(rows).toMatchObject([{ row: 1, line: 2, value: { "@x": "ü", c: "1" } }]);
    expect(sliceOf(text, rows[0]!).toString()).toBe('<a:r b:x="ü"><b:c>1</b:c></a:r>');
    expect(openXml({ record: "r" }).decode(sliceOf(text, rows[0]!), context)).toEqual(rows[0]?.value);
  });

  it.each(["<r ", "<r\n", "<r\r\n", "<r\r", "<r\t"])(
    "that begins with %j has its line and place right",
    async (start) => {
      const text = `<ä>\r\n<x/>\n${start}a="1">ü</r>${start}/></ä>`;
      const { rows } = await read(text);
      expect(rows.map((row) => sliceOf(text, row).toString())).toEqual([`${start}a="1">ü</r>`, `${start}/>`]);
      expect(rows[0]?.line).toBe(3);
    },
  );

  it("with attributes alike but for their prefix is a bad row, and the file goes on", async () => {
    const text = '<all xmlns:p="u"><r x="1" p:x="2"/><r>3</r></all>';
    expect((await read(text)).codes).toEqual(["TL_DECODE_FAILED", undefined]);
  });

  it("with an element __proto__ is a bad row, and pollutes nothing", async () => {
    const { codes } = await read("<all><r><__proto__><x>1</x></__proto__></r><r>3</r></all>");
    expect(codes).toEqual(["TL_DECODE_FAILED", undefined]);
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });
});

const WHOLE =
  '<?xml version="1.0"?>\n<all a="b">\n<r x="1"><a>1 &amp; 2</a><![CDATA[x]]></r>\n<!-- c --><r>2</r></all>';

describe("XML that is refused", () => {
  it.each([
    ["billion laughs", '<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><r>&b;</r>', "TL_DECODE_FAILED"],
    [
      "quadratic blow-up",
      `<!DOCTYPE r [<!ENTITY a "${"a".repeat(50_000)}">]><r>${"&a;".repeat(50_000)}</r>`,
      "TL_DECODE_FAILED",
    ],
    [
      "an external entity",
      '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
      "TL_DECODE_FAILED",
    ],
    ["an external subset", '<!DOCTYPE r SYSTEM "http://127.0.0.1/x.dtd"><r/>', "TL_DECODE_FAILED"],
    ["an unknown entity", "<r>&nbsp;</r>", "TL_DECODE_FAILED"],
    ["an entity that objects inherit", "<r>&constructor;</r>", "TL_DECODE_FAILED"],
    ["a reference to no character", "<r>&#0;</r>", "TL_DECODE_FAILED"],
    ["a reference beyond Unicode", "<r>&#x110000;</r>", "TL_DECODE_FAILED"],
    ["a control character", "<r>\u0001</r>", "TL_DECODE_FAILED"],
    ["65 levels", `<r>${"<a>".repeat(64)}${"</a>".repeat(64)}</r>`, "TL_TOO_DEEP"],
    ["5,000 levels", "<r>".repeat(5000), "TL_TOO_DEEP"],
    ["100,000 levels", "<r>".repeat(100_000), "TL_TOO_DEEP"],
    [
      "100,000 attributes",
      `<r ${Array.from({ length: 100_000 }, (_, n) => `a${n}=""`).join(" ")}/>`,
      "TL_DECODE_FAILED",
    ],
    ["a comment never closed", `<r><!-- ${"x ".repeat(100_000)}</r>`, "TL_FILE_TRUNCATED"],
    ["100,000 comments opened", `<r>${"<!-- ".repeat(100_000)}</r>`, "TL_DECODE_FAILED"],
    ["two roots", "<r/><r/>", "TL_DECODE_FAILED"],
    ["text after the root", "<r/>x", "TL_DECODE_FAILED"],
    ["a prefix not declared", "<p:r/>", "TL_DECODE_FAILED"],
    ["an attribute's prefix not declared", '<r p:a="1"/>', "TL_DECODE_FAILED"],
    ["a prefix used after its scope", '<r><a xmlns:p="u"/><p:b/></r>', "TL_DECODE_FAILED"],
    ["two colons", '<r xmlns:a="u"><a:b:c/></r>', "TL_DECODE_FAILED"],
    ["]]> in text", "<r>]]></r>", "TL_DECODE_FAILED"],
    ["the same attribute twice", '<r a="1" a="2"/>', "TL_DECODE_FAILED"],
    ["tags that do not match", "<r><a></b></r>", "TL_DECODE_FAILED"],
    ["an attribute without quotes", "<r a=1/>", "TL_DECODE_FAILED"],
    ["a late XML declaration", '<r><?xml version="1.0"?></r>', "TL_DECODE_FAILED"],
    ["nothing", "", "TL_FILE_TRUNCATED"],
  ])("for %s", async (_, text, code) => {
    expect(failureOf(() => decode(text)).code).toBe(code);
    expect((await read(text)).error?.code).toBe(code);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9])("when it is cut at %i0 %%", async (tenth) => {
    const cut = WHOLE.slice(0, Math.floor((WHOLE.length * tenth) / 10));
    expect((await read(cut)).error).toMatchObject({ code: "TL_FILE_TRUNCATED" });
    expect(failureOf(() => decode(cut)).code).toBe("TL_FILE_TRUNCATED");
  });

  it("says line and column, and quotes nothing", () => {
    const failure = failureOf(() => decode("<r>\n <name>Smith</nome>\n</r>"));
    expect(failure.place).toMatchObject({ line: 2 });
    expect(failure.place?.column).toBeGreaterThan(10);
    expect(failure.describe()).not.toMatch(/Smith|nome/);
  });

  it("because it is not UTF-8 says the line", async () => {
    expect((await read(Buffer.from("<r>\n<a>\xe4</a></r>", "latin1"))).error).toMatchObject({
      code: "TL_ENCODING_INVALID",
      place: { line: 2 },
    });
  });
});

describe("XML that is large", () => {
  it("is read whole, and is whole only at its end", async () => {
    expect(openXml({ record: "r" }).wholeFile).toBe(true);
    expect(await read(WHOLE)).toMatchObject({
      error: undefined,
      values: [{ "@x": "1", a: "1 & 2", "#text": "x" }, "2"],
    });
  });

  it("with a million references is read", () => {
    expect(decode(`<r>${"&#65;".repeat(1_000_000)}</r>`)).toHaveLength(1_000_000);
  });

  it("with a record beyond the limit is refused without being kept", async () => {
    expect((await read(`<all><r>${"x".repeat(17 * 1024 * 1024)}</r></all>`)).error).toMatchObject({
      code: "TL_RECORD_TOO_LARGE",
      place: { line: 1 },
    });
  });
});

it.each<Partial<XmlOptions>>([
  { attributes: "" },
  { attributes: "_" },
  { text: "@t" },
  { record: "" },
  { record: "a//b" },
  { arrays: ["<"] },
])("XML settings %j are refused", (options) => {
  expect(failureOf(() => decode("<r/>", options)).code).toBe("TL_CONFIG_INVALID");
});
