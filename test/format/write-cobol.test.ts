import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CobolOptions, openCobol } from "../../src/format/cobol.ts";
import { codePage } from "../../src/format/code-page.ts";
import { recordWriter } from "../../src/format/write.ts";
import type { CobolWriteOptions } from "../../src/format/write-cobol.ts";
import type { Json } from "../../src/message/json.ts";
import { sampleFiles } from "./edi-by-hand.ts";
import { failureOf, readBytes } from "./support.ts";

const MARK = { sequence: 1 };

const write = (copybook: string, body: unknown, options: Partial<CobolWriteOptions> = {}): Buffer =>
  Buffer.from(recordWriter({ cobol: { copybook, ...options } }).whole(body as Json, MARK));
const read = (
  copybook: string,
  bytes: Buffer,
  { encoding, records, comp5 }: Partial<CobolWriteOptions> = {},
) => {
  const options: CobolOptions = {
    copybook,
    ...(encoding ? { encoding } : {}),
    ...(records ? { records } : {}),
    ...(comp5 ? { comp5 } : {}),
  };
  return readBytes(bytes, (path) => openCobol(options).records(path));
};
/** One field, in hexadecimal digits. */
const field = (clause: string, value: unknown, options: Partial<CobolWriteOptions> = {}): string =>
  write(`01 R.\n 05 N ${clause}.`, { N: value }, options).toString("hex");
const refusal = (clause: string, value: unknown, options: Partial<CobolWriteOptions> = {}): string =>
  failureOf(() => field(clause, value, options)).message;

describe("a COBOL field as it is written", () => {
  // By the manual: IBM Enterprise COBOL for z/OS, "Formats for numeric data".
  it.each([
    ["PIC S9(5) COMP-3", 12345, "12345c"],
    ["PIC S9(5) COMP-3", -12345, "12345d"],
    ["PIC 9(5) COMP-3", 12345, "12345f"],
    ["PIC S9(4) COMP-3", "+7", "00007c"],
    ["PIC S9(3)V99 PACKED-DECIMAL", "-0.05", "00005d"],
    ["PIC S9(3)V99 PACKED-DECIMAL", "-0.00", "00000c"],
    ["PIC S9(3)V99 COMP-3", 1.5, "00150c"],
    ["PIC S9(17)V99 COMP-3", "12345678901234567.89", "1234567890123456789c"],
    ["PIC S9(18) COMP", "999999999999999999", "0de0b6b3a763ffff"],
    ["PIC S9(9) BINARY", -1, "ffffffff"],
    ["PIC 9(4) COMP", 9999, "270f"],
    ["PIC 9(4) COMP-5", 65535, "ffff"],
    ["PIC S9(4) COMP-5", -32768, "8000"],
    ["PIC S9(4)V99 COMP-4", "1.00", "00000064"],
    ["PIC 9(3)", 7, "f0f0f7"],
    ["PIC S9(3)", 123, "f1f2c3"],
    ["PIC S9(3)", -123, "f1f2d3"],
    ["PIC S9(3) SIGN LEADING", -123, "d1f2f3"],
    ["PIC S9(3) SIGN IS TRAILING SEPARATE CHARACTER", -123, "f1f2f360"],
    ["PIC S9(3) SIGN LEADING SEPARATE", 123, "4ef1f2f3"],
    ["PIC S9(2)PP", 1200, "f1c2"],
    ["PIC SVPP99", "0.0012", "f1c2"],
    ["PIC X(4)", "Aü", "c1dc4040"],
    ["PIC X(4)", 42, "f4f24040"],
    ["PIC X(2)", null, "4040"],
    ["PIC S9(5) COMP-3", null, "404040"],
    ["PIC 9(3)", "", "404040"],
  ])("%s of %j is %s", (clause, value, hex) => {
    expect(field(clause, value)).toBe(hex);
  });

  it("is of the code page, and of the byte order, that was set", () => {
    expect(field("PIC X(4)", "ÄÜäü", { encoding: "cp273" })).toBe("4a5ac0d0");
    expect(field("PIC X", "€", { encoding: "cp1140" })).toBe("9f");
    expect(field("PIC 9(4) COMP-5", 1, { comp5: "little-endian" })).toBe("0100");
    expect(field("PIC 9(4) COMP", 1, { comp5: "little-endian" })).toBe("0001");
    const ascii = { encoding: "ascii" } as const;
    expect(Buffer.from(field("PIC S9(3)", -120, ascii), "hex").toString()).toBe("12}");
    expect(Buffer.from(field("PIC S9(3)", 123, ascii), "hex").toString()).toBe("12C");
    expect(field("PIC 9(3) COMP-3", null, ascii)).toBe("0000");
  });

  it("is zero where it is missing, if zeros are wanted", () => {
    const zeros = { missing: "zeros" } as const;
    expect(field("PIC S9(3)", null, zeros)).toBe("f0f0c0");
    expect(field("PIC S9(3) COMP-3", null, zeros)).toBe("000c");
    expect(field("PIC S9(4) COMP", null, zeros)).toBe("0000");
    expect(refusal("PIC S9(4) COMP", null)).toBe(
      "record 1 has nothing in /N, and a binary number cannot be blank",
    );
  });

  it.each([
    ["PIC 9(3)", 1000, "needs more than 3 digits in /N"],
    ["PIC 9(3)", -1, "is negative, and has no sign in /N"],
    ["PIC 9(4) COMP", 10_000, "needs more than 4 digits in /N"],
    ["PIC 9(4) COMP-5", 65_536, "needs more than 2 bytes in /N"],
    ["PIC S9(4) COMP-5", 32_768, "needs more than 2 bytes in /N"],
    ["PIC S9(5)V99 COMP-3", "100000.00", "needs more than 7 digits in /N"],
    ["PIC S9(5)V99 COMP-3", "0.005", "has more than 2 decimals in /N"],
    ["PIC 9(3)", 1.5, "has decimals in /N"],
    ["PIC S9(2)PP", 1250, "is no multiple of 100 in /N"],
    ["PIC 9(3)", "12a", "has no plain number in /N"],
    ["PIC 9(3)", 1e21, "has no plain number in /N"],
    ["PIC 9(3)", true, "has no number in /N"],
    ["PIC 9(3)", [1], "has a list or object in /N"],
    ["PIC X(3)", "four", "needs more than the 3 characters of /N"],
    ["PIC X(3)", "a€", "has a text whose character 2 the code page lacks in /N"],
    ["OCCURS 2 PIC X", ["a", "b", "c"], "has more than the 2 entries of /N"],
    ["OCCURS 2 PIC X", "ab", "has no list in /N"],
  ])("%s cannot hold %j", (clause, value, message) => {
    const failure = failureOf(() => field(clause, value));
    expect(failure).toMatchObject({ code: "TL_TARGET_REFUSED", place: { record: 1, field: "/N" } });
    expect(failure.message).toBe(`record 1 ${message}`);
  });

  it("is exact, whatever its digits are, by arithmetic and by the reader", () => {
    const pictures = fc.record({
      whole: fc.integer({ min: 1, max: 12 }),
      decimals: fc.integer({ min: 0, max: 6 }),
      usage: fc.constantFrom("COMP-3", "COMP", "COMP-5", "", "SIGN LEADING", "SIGN TRAILING SEPARATE"),
      signed: fc.boolean(),
    });
    fc.assert(
      fc.property(
        pictures,
        fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
        ({ whole, decimals, usage, signed }, any) => {
          const limit = 10n ** BigInt(whole + decimals);
          const number = signed ? any % limit : (any < 0n ? -any : any) % limit;
          const digits = String(number < 0n ? -number : number).padStart(decimals + 1, "0");
          const point = digits.length - decimals;
          const text = `${number < 0n ? "-" : ""}${digits.slice(0, point)}${decimals > 0 ? `.${digits.slice(point)}` : ""}`;
          const clause = `PIC ${signed ? "S" : ""}9(${whole})${decimals > 0 ? `V9(${decimals})` : ""} ${usage}`;
          const hex = field(clause, text);
          if (usage.startsWith("COMP") && usage !== "COMP-3")
            expect(signed ? BigInt.asIntN(hex.length * 4, BigInt(`0x${hex}`)) : BigInt(`0x${hex}`)).toBe(
              number,
            );
          const copybook = `01 R.\n 05 N ${clause}.`;
          const back = openCobol({ copybook }).decode(Buffer.from(hex, "hex")) as { N: Json };
          expect(String(back.N)).toBe(text);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("a COBOL record as it is written", () => {
  const ORDERS = `
       01  R.
           05 COUNT-A PIC 9.
           05 A OCCURS 1 TO 3 TIMES DEPENDING ON COUNT-A.
              10 B PIC X.
              10 C PIC 9 OCCURS 2.
           05 LAST-ONE PIC X.`;
  const ascii = { encoding: "ascii" } as const;

  it("counts the entries that a number says", () => {
    const body = {
      A: [
        { B: "x", C: [1, 2] },
        { B: "y", C: [3] },
      ],
      LAST_ONE: "z",
    };
    expect(write(ORDERS, body, ascii).toString()).toBe("2x12y3    z");
    expect(write(ORDERS, body, { ...ascii, records: "lines" }).toString()).toBe("2x12y3 z\r\n");
    expect(write(ORDERS, { ...body, COUNT_A: 2 }, ascii).toString()).toBe("2x12y3    z");
    expect(write(ORDERS, {}, ascii).toString()).toBe("0          ");
    expect(failureOf(() => write(ORDERS, { ...body, COUNT_A: 3 }, ascii)).place?.field).toBe("/COUNT_A");
    expect(failureOf(() => write(ORDERS, { A: [{}, {}, {}, {}] }, ascii)).message).toContain(
      "more than the 3 entries of /A",
    );
    expect(failureOf(() => write(ORDERS, { A: [{ D: "x" }] }, ascii)).place?.field).toBe("/A/0/D");
  });

  it("stands behind its descriptor, in its line, or behind the one before", () => {
    const copybook = "01 R.\n 05 A PIC X(2).\n 05 B PIC 9(2).";
    const body = [{ A: "a", B: 1 }, { A: "b" }];
    expect(write(copybook, body, ascii).toString()).toBe("a 01b   ");
    expect(write(copybook, body, { ...ascii, records: "lines", newline: "lf" }).toString()).toBe(
      "a 01\nb   \n",
    );
    expect(write(copybook, body[0], { ...ascii, records: "rdw" }).toString("hex")).toBe("0008000061203031");
    expect(write(copybook, body[0], { ...ascii, records: "rdw-little-endian" }).toString("hex")).toBe(
      "0000040061203031",
    );
    const binary = "01 R.\n 05 A PIC 9(4) COMP.";
    expect(failureOf(() => write(binary, { A: 10 }, { records: "lines" })).message).toContain(
      "would end its line",
    );
  });

  it("is refused with all that the copybook does not have", () => {
    const copybook = "01 R.\n 05 G.\n 10 A PIC X.\n 05 FILLER.\n 10 T PIC X.";
    expect(write(copybook, { G: { A: "a" }, T: "t" }, ascii).toString()).toBe("at");
    for (const [body, place] of [
      [{ X: 1 }, "/X"],
      [{ G: { B: 1 } }, "/G/B"],
      [{ G: "a" }, "/G"],
      [{ A: "a" }, "/A"],
    ] as const)
      expect(failureOf(() => write(copybook, body, ascii)).place?.field).toBe(place);
    expect(failureOf(() => write(copybook, [{}, "text"], ascii)).message).toBe("record 2 is not an object");
  });

  const KINDS = `
       01  R.
           05 KIND PIC X.
           05 PERSON.
              10 GIVEN PIC X(4).
              10 FAMILY PIC X(4).
           05 COMPANY REDEFINES PERSON.
              10 NAME PIC X(6).
              10 TAX PIC 9(4) COMP.
           05 WHOLE REDEFINES PERSON PIC X(8).
           05 TAIL PIC X.`;

  it("has the bytes of the item that is said, where several read the same ones", () => {
    expect(write(KINDS, { KIND: "P", PERSON: { GIVEN: "Ann" }, TAIL: "t" }, ascii).toString()).toBe(
      "PAnn     t",
    );
    expect(write(KINDS, { COMPANY: { NAME: "ACME", TAX: 0x2142 }, TAIL: "t" }, { ...ascii }).toString()).toBe(
      " ACME  !Bt",
    );
    expect(write(KINDS, { WHOLE: "x" }, ascii).toString()).toBe(" x        ");
    expect(write(KINDS, {}, ascii).toString()).toBe(" ".repeat(10));
  });

  it("has the bytes that read as all that is said, or is refused", () => {
    const both = { PERSON: { GIVEN: "Ann", FAMILY: "Lee" }, WHOLE: "Ann Lee" };
    expect(write(KINDS, both, ascii).toString()).toBe(" Ann Lee  ");
    const failure = failureOf(() => write(KINDS, { ...both, WHOLE: "Ann Loo" }, ascii));
    expect(failure.message).toBe("record 1 says different things of the same bytes: PERSON and WHOLE");
    expect(failure.place?.field).toBe("/WHOLE");
  });

  it.each([
    ["01 R.\n 05 A PIC X(40000).\n 05 B PIC X(30000).", "rdw", "longer than a record descriptor"],
    [
      "01 R.\n 05 N PIC 9.\n 05 A PIC X(3).\n 05 B REDEFINES A.\n 10 C OCCURS 1 TO 3 DEPENDING ON N PIC X.",
      "lines",
      "DEPENDS ON",
    ],
    ["01 R.\n 05 A PIK X.", "fixed", "PIK is not understood"],
  ] as const)("has no copybook such as %j", (copybook, records, message) => {
    const failure = failureOf(() => recordWriter({ cobol: { copybook, records } }));
    expect(failure.code).toBe("TL_CONFIG_INVALID");
    expect(failure.message).toContain(message);
  });
});

describe("COBOL records that are written and read again", () => {
  const COPYBOOK = `
       01  CUSTOMER.
           05  NO              PIC 9(6).
           05  NAME            PIC X(10).
           05  BALANCE         PIC S9(7)V99 COMP-3.
           05  LIMIT           PIC S9(5)V99.
           05  ORDERS          PIC S9(4)  COMP.
           05  FILLER          PIC X(2).
           05  N               PIC 9(2) COMP-3.
           05  LINES-OF        OCCURS 5 DEPENDING ON N.
               10  SKU         PIC X(4).
               10  QTY         PIC S9(3) SIGN TRAILING SEPARATE.
               10  TAGS        PIC X(2) OCCURS 2.
           05  KIND            PIC X.
           05  TEXT-OF         PIC X(4).
           05  NUMBER-OF       REDEFINES TEXT-OF PIC 9(4).`;
  const decimal = (most: number, scale: number) =>
    fc
      .integer({ min: -most, max: most })
      .map((n) => (n / 10 ** scale).toFixed(scale).replace(/^-(0\.0*)$/, "$1"));
  const char = fc.constantFrom(..."AZaz09 .,-ÄöüßéÑ@[]{}\\".split(""));
  const text = (most: number) =>
    fc
      .string({ unit: char, minLength: 1, maxLength: most })
      .map((it) => it.trimEnd())
      .filter((it) => it !== "");
  const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const line = fc.record({
    SKU: text(4),
    QTY: fc.integer({ min: -999, max: 999 }),
    TAGS: fc.tuple(text(2), fc.constant(null)),
  });
  const record = fc
    .record({
      NO: optional(fc.nat(999_999)),
      NAME: optional(text(10)),
      BALANCE: optional(decimal(999_999_999, 2)),
      LIMIT: optional(decimal(9_999_999, 2)),
      ORDERS: fc.integer({ min: -9999, max: 9999 }),
      LINES_OF: fc.array(line, { maxLength: 5 }),
      KIND: optional(text(1)),
      shared: fc.oneof(
        fc.nat(9999).map((n) => ({ TEXT_OF: String(n).padStart(4, "0"), NUMBER_OF: n })),
        fc.stringMatching(/^[A-Z]{4}$/).map((TEXT_OF) => ({ TEXT_OF })),
        fc.constant({}),
      ),
    })
    .map(({ shared, LINES_OF, ...rest }) => {
      const all = { ...rest, N: LINES_OF.length, LINES_OF, ...shared };
      return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Record<
        string,
        Json
      >;
    });
  /** Where the fields stand, counted by hand: offset and length of some. */
  const SPOTS = {
    NO: [0, 6],
    NAME: [6, 10],
    BALANCE: [16, 5],
    LIMIT: [21, 7],
    ORDERS: [28, 2],
    N: [32, 2],
  } as const;

  it.each(["cp037", "cp273", "cp500", "cp1047", "cp1140", "ascii"])(
    "are the same in %s",
    async (encoding) => {
      const table = codePage(encoding);
      await fc.assert(
        fc.asyncProperty(
          fc.array(record, { minLength: 1, maxLength: 4 }),
          fc.constantFrom("fixed", "rdw", "rdw-little-endian"),
          async (records, kind) => {
            const options = { encoding, records: kind } as const;
            const bytes = write(COPYBOOK, records, options);
            const { values, error } = await read(COPYBOOK, bytes, options);
            expect(error).toBeUndefined();
            expect(values).toEqual(records);
            const first = kind === "fixed" ? bytes : bytes.subarray(4);
            const spot = (name: keyof typeof SPOTS): Buffer =>
              first.subarray(SPOTS[name][0], SPOTS[name][0] + SPOTS[name][1]);
            const [one = {}] = records;
            expect(spot("ORDERS").readInt16BE()).toBe(one["ORDERS"]);
            expect(spot("N").toString("hex")).toBe(`00${one["N"]}f`);
            const name = String(one["NAME"] ?? "").padEnd(10);
            expect(
              Array.from(spot("NAME"), (byte) => table?.[byte] ?? String.fromCharCode(byte)).join(""),
            ).toBe(name);
            if (one["BALANCE"] !== undefined) {
              const cents = Number(String(one["BALANCE"]).replace(".", ""));
              expect(spot("BALANCE").toString("hex")).toBe(
                String(Math.abs(cents)).padStart(9, "0") + (cents < 0 ? "d" : "c"),
              );
            }
          },
        ),
        { numRuns: 60 },
      );
    },
  );

  it("are what a mainframe sent, whose files are read as they are", async ({ skip }) => {
    const [data] = sampleFiles("erp/cobol", /^COMP\.DETAILS.*\.dat$/);
    const [copybook] = sampleFiles("erp/cobol", /^companies_copybook\.cpy$/);
    if (data === undefined || copybook === undefined)
      return skip("there is no folder of samples; name one with SAMPLES");
    const text = copybook.bytes.toString("utf8");
    const options = { records: "rdw-little-endian" } as const;
    const first = await read(text, data.bytes, options);
    expect(first.error).toBeUndefined();
    expect(first.values).toHaveLength(1000);
    const again = await read(text, write(text, first.values, options), options);
    expect(again.values).toEqual(first.values);
  });

  it("are those of the shipped flow, byte by byte", async () => {
    const folder = join(import.meta.dirname, "../../mappings/mainframe-customers");
    const copybook = readFileSync(join(folder, "customer.cpy"), "utf8");
    const bytes = readFileSync(join(folder, "samples/CUSTMAST.dat"));
    const options = { encoding: "cp273" };
    const { values, codes } = await read(copybook, bytes, options);
    const sound = values.filter((value) => value !== undefined);
    const again = await read(copybook, write(copybook, sound, options), options);
    expect(again.values).toEqual(sound);
    expect(codes.filter((code) => code === undefined)).toHaveLength(sound.length);
  });
});
