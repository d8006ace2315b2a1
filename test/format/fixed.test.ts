import { describe, expect, it } from "vitest";
import { type FixedOptions, openFixed } from "../../src/format/fixed.ts";
import type { FixedLayout } from "../../src/format/fixed-layout.ts";
import { openFormat } from "../../src/format/open.ts";
import { failureOf, readBytes, sliceOf } from "./support.ts";

const layout: FixedLayout = {
  fields: [
    { name: "id", at: 1, length: 4 },
    { name: "name", at: 5, length: 6 },
    { name: "amount", at: 11, length: 7, type: "number", decimals: 2 },
    { name: "count", at: 18, length: 3, type: "integer", empty: "null" },
  ],
};

const read = (text: string, options: Partial<FixedOptions> = {}) =>
  readBytes(text, (path) => openFixed({ layout, ...options }).records(path));
const decode = (text: string, fields: FixedLayout["fields"]) =>
  openFixed({ layout: { fields } }).decode(Buffer.from(text), null);

const RECORD = "0042Müller0001234012";
const VALUE = { id: "0042", name: "Müller", amount: 12.34, count: 12 };

describe("fixed-width files", () => {
  it.each([
    ["LF", `${RECORD}\n${RECORD}\n`],
    ["CRLF and no end", `${RECORD}\r\n${RECORD}`],
    ["a byte order mark", `\ufeff${RECORD}\n${RECORD}\n`],
  ])("with %s give their records", async (_, text) => {
    const reading = await read(text);
    expect(reading).toMatchObject({ error: undefined, values: [VALUE, VALUE] });
    expect(
      reading.rows.map((row) => openFixed({ layout }).decode(sliceOf(text, row), reading.context)),
    ).toEqual([VALUE, VALUE]);
    expect(reading.rows.map(({ line }) => line)).toEqual([1, 2]);
  });

  it("without line ends are cut by the length, which counts characters", async () => {
    const text = RECORD.repeat(1200);
    const reading = await read(text, { layout: { ...layout, record: { length: 20 } } });
    expect(reading.rows).toHaveLength(1200);
    expect(reading.values.every((value) => (value as typeof VALUE).name === "Müller")).toBe(true);
    expect(sliceOf(text, reading.rows[1199]!).toString()).toBe(RECORD);
  });

  it.each(["\n", "\r\n", "\x1a"])("without line ends may close with %j", async (end) => {
    const { values } = await read(`${RECORD}${RECORD}${end}`, {
      layout: { ...layout, record: { length: 20 } },
    });
    expect(values).toEqual([VALUE, VALUE]);
  });

  it("have a header and a footer that are not data", async () => {
    const text = `HEAD\n${`${RECORD}\n`.repeat(1300)}FOOT1\nFOOT2\n`;
    const skip = { layout: { ...layout, record: { skip: { header: 1, footer: 2 } } } };
    const { rows, error } = await read(text, skip);
    expect(error).toBeUndefined();
    expect(rows).toHaveLength(1300);
    expect(rows[0]).toMatchObject({ row: 1, line: 2, value: VALUE });
    expect(openFixed(skip).decode(Buffer.from(`HEAD\n${RECORD}\nF\nF\n`))).toEqual([VALUE]);
  });

  it("may have records that end early", async () => {
    expect((await read("0042Mül\n")).values).toEqual([{ id: "0042", name: "Mül", count: null }]);
  });

  it("with a bad record go on, and name the field without its value", async () => {
    const { codes, rows } = await read(`${RECORD}\n0042Müller00x1234012\n0042Müller0001234\0\n${RECORD}\n`);
    expect(codes).toEqual([undefined, "TL_DECODE_FAILED", "TL_DECODE_FAILED", undefined]);
    expect(rows[1]?.error?.place).toEqual({ line: 2, column: 11, field: "amount", record: 2 });
    expect(rows[1]?.error?.describe()).not.toContain("x1234");
  });

  it("with a length refuse records that are shorter, longer or too large", async () => {
    const sized = { layout: { ...layout, record: { length: 20 } } };
    const { codes } = await read(`${RECORD}\n${RECORD}x\n${RECORD.slice(1)}\n${RECORD}\n`, sized);
    expect(codes).toEqual([undefined, "TL_DECODE_FAILED", "TL_DECODE_FAILED", undefined]);
    expect((await read(`${RECORD}\n${"x".repeat(3000)}\n${RECORD}\n`, { recordLimit: 1000 })).codes).toEqual([
      undefined,
      "TL_RECORD_TOO_LARGE",
      undefined,
    ]);
  });
});

describe("a fixed-width field", () => {
  it.each([
    ["0001234", 2, 12.34],
    ["1234-", 2, -12.34],
    ["-  5", 2, -0.05],
    ["+0", 0, 0],
    ["  12.50 ", 0, 12.5],
    ["007", 0, 7],
    ["12345678901234567890", 2, "123456789012345678.90"],
    ["00009007199254740993", 0, "9007199254740993"],
  ])("with the digits %j and %i decimals is %j", (text, decimals, wanted) => {
    expect(decode(text, [{ name: "n", at: 1, length: 20, type: "number", decimals }])).toEqual({ n: wanted });
  });

  it.each(["1-2", "-1-", "1,5", "1e5", "0x10", "NaN"])("of %j is no number", (text) => {
    expect(failureOf(() => decode(text, [{ name: "n", at: 1, length: 9, type: "number" }])).code).toBe(
      "TL_DECODE_FAILED",
    );
  });

  it("is trimmed as declared", () => {
    const at = (trim: "both" | "left" | "right" | "none") =>
      decode("  a  ", [{ name: "t", at: 1, length: 5, trim }]);
    expect([at("both"), at("left"), at("right"), at("none")]).toEqual([
      { t: "a" },
      { t: "a  " },
      { t: "  a" },
      { t: "  a  " },
    ]);
  });

  it("counts characters beyond the basic plane as one", () => {
    expect(decode("😀😀b", [{ name: "t", at: 2, length: 2 }])).toEqual({ t: "😀b" });
  });
});

describe("a fixed-width layout", () => {
  const failure = (bad: unknown) => failureOf(() => openFixed({ layout: bad as FixedLayout }));

  it("that is wrong says every place", () => {
    const bad = {
      record: { length: 5, skip: { heder: 1, footer: -1 } },
      fields: [{ name: "a", at: 0, length: 2 }, { name: "a", at: 4, length: 3, typ: "text", decimals: 2 }, 7],
    };
    expect(failure(bad).issues.map(({ message }) => message)).toEqual([
      '/record/skip/heder: unknown key, did you mean "header"?',
      "/record/skip/footer: expected a whole number, at least 0",
      "/fields/0/at: expected a whole number, at least 1",
      '/fields/1/typ: unknown key, did you mean "type"?',
      "/fields/1/decimals: only a field of type number has decimals",
      "/fields/1/name: the name is there already",
      "/fields/1: the field ends after the record",
      "/fields/2: expected a map",
    ]);
  });

  it.each([[null], ["x"], [{}], [{ fields: [] }], [{ fields: [{ name: "__proto__", at: 1, length: 1 }] }]])(
    "%j is refused",
    (bad) => {
      expect(failure(bad).code).toBe("TL_CONFIG_INVALID");
    },
  );
});

describe("a format", () => {
  it("is opened by its name", () => {
    const names = [
      openFormat({ json: {} }),
      openFormat({ jsonl: {} }),
      openFormat({ csv: { encoding: "windows-1252" } }),
      openFormat({ xml: { record: "r" } }),
      openFormat({ fixed: { layout } }),
    ].map(({ name, encoding, wholeFile }) => [name, encoding, wholeFile]);
    expect(names).toEqual([
      ["json", "utf-8", true],
      ["jsonl", "utf-8", false],
      ["csv", "windows-1252", false],
      ["xml", "utf-8", true],
      ["fixed", "utf-8", false],
    ]);
  });

  it("with an unknown encoding or name is refused", () => {
    expect(failureOf(() => openFormat({ csv: { encoding: "klingon" } })).code).toBe("TL_CONFIG_INVALID");
    expect(failureOf(() => openFormat({ yaml: {} } as never)).code).toBe("TL_CONFIG_INVALID");
  });
});
