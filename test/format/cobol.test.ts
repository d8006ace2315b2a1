import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CobolOptions, openCobol } from "../../src/format/cobol.ts";
import { codePage } from "../../src/format/code-page.ts";
import { parseCopybook } from "../../src/format/copybook.ts";
import { openFormat } from "../../src/format/open.ts";
import { failureOf, readBytes, sliceOf } from "./support.ts";

const COPYBOOK = `000100* CUSTOMER MASTER                                                 CUST0001
000200 01  CUSTOMER.                                                    CUST0002
000300     05  CUST-NO          PIC 9(6).
000400     05  CUST-NAME        PIC X(10).
           05  BALANCE          PIC S9(7)V99 COMP-3.
           05  LIMIT            PIC S9(5)V99.
           05  ORDERS           PIC S9(4)  COMP.
           05  FILLER           PIC X(2).
           05  STATUS-CODE      PIC X.
               88  ACTIVE       VALUE 'A'.
`;

const table = (name: string) => codePage(name) as readonly string[];
const ebcdic = (text: string, name = "cp037") =>
  Buffer.from(Array.from(text, (char) => table(name).indexOf(char)));

const RECORD = Buffer.concat([
  ebcdic("000042Müller    "),
  Buffer.from("000123456d", "hex"),
  Buffer.from("f0f0f1f2f3f4c5", "hex"),
  Buffer.from("fffe", "hex"),
  ebcdic("  A"),
]);
const VALUE = {
  CUST_NO: 42,
  CUST_NAME: "Müller",
  BALANCE: "-1234.56",
  LIMIT: "123.45",
  ORDERS: -2,
  STATUS_CODE: "A",
};

const read = (bytes: Buffer, options: Partial<CobolOptions> = {}) =>
  readBytes(bytes, (path) => openCobol({ copybook: COPYBOOK, ...options }).records(path));
const field = (clause: string, bytes: Buffer | string, options: Partial<CobolOptions> = {}) => {
  const own = typeof bytes === "string" ? Buffer.from(bytes, "hex") : bytes;
  const value = openCobol({ copybook: `01 R.\n 05 N ${clause}.`, ...options }).decode(own);
  return (value as { N?: unknown }).N;
};

describe("a file of COBOL records", () => {
  it("of one length is cut by it, and decoded by the copybook", async () => {
    const bytes = Buffer.concat(Array.from({ length: 1200 }, () => RECORD));
    const reading = await read(bytes);
    expect(reading.error).toBeUndefined();
    expect(reading.values).toEqual(Array.from({ length: 1200 }, () => VALUE));
    expect(
      openCobol({ copybook: COPYBOOK }).decode(sliceOf(bytes, reading.rows[7]!), reading.context),
    ).toEqual(VALUE);
  });

  it.each([
    ["rdw", Buffer.from([0, RECORD.length + 4, 0, 0])],
    ["rdw-little-endian", Buffer.from([0, 0, RECORD.length, 0])],
  ] as const)("behind descriptors (%s) may have records of any length", async (records, head) => {
    const short = Buffer.from(head);
    short[records === "rdw" ? 1 : 2] = 10 + (records === "rdw" ? 4 : 0);
    const bytes = Buffer.concat([head, RECORD, short, RECORD.subarray(0, 10), head, RECORD]);
    const { values, error } = await read(bytes, { records });
    expect(error).toBeUndefined();
    expect(values).toEqual([VALUE, { CUST_NO: 42 }, VALUE]);
  });

  it("with a bad number refuses the record, names the field and goes on", async () => {
    const bad = Buffer.from(RECORD);
    bad[16] = 0xff;
    const { codes, rows } = await read(Buffer.concat([RECORD, bad, RECORD]));
    expect(codes).toEqual([undefined, "TL_DECODE_FAILED", undefined]);
    expect(rows[1]!.error!.message).toBe("the bytes are no number (COMP-3)");
    expect(rows[1]!.error!.place).toMatchObject({ column: 17, field: "BALANCE", record: 2 });
  });

  it("that was cut is refused as a whole", async () => {
    const { error } = await read(Buffer.concat([RECORD, RECORD.subarray(0, 9)]));
    expect(error).toMatchObject({
      code: "TL_FILE_TRUNCATED",
      message: `the last record is not complete: it begins at byte ${RECORD.length + 1}`,
    });
    const wrongLength = await read(Buffer.from([0, 0, 0, 9, 9, 9, 9, 9]), { records: "rdw" });
    expect(wrongLength.error?.message).toBe("a record does not begin with its length (RDW)");
  });

  it("of ASCII may have line ends", async () => {
    const copybook = "01 R.\n 05 A PIC X(3).\n 05 B PIC S9(3).\n 05 C PIC X(2).";
    const { values } = await read(Buffer.from("abc01Bxy\r\nab 01K\n"), {
      copybook,
      encoding: "ascii",
      records: "lines",
    });
    expect(values).toEqual([
      { A: "abc", B: 12, C: "xy" },
      { A: "ab", B: -12 },
    ]);
  });

  it("gives any bytes as records or sentences", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 120 }),
        fc.constantFrom("fixed", "rdw", "lines"),
        async (bytes, records) => {
          const { rows } = await read(Buffer.from(bytes), { records: records as "fixed" });
          for (const row of rows) expect(row.value === undefined).toBe(row.error !== undefined);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe("a COBOL field", () => {
  it.each([
    ["PIC S9(5) COMP-3", "12345c", 12345],
    ["PIC S9(5) COMP-3", "12345d", -12345],
    ["PIC 9(4)V9 COMP-3", "12345f", "1234.5"],
    ["PIC S9(3)V99 PACKED-DECIMAL", "00005d", "-0.05"],
    ["PIC S9(17)V99 COMP-3", "1234567890123456789c", "12345678901234567.89"],
    ["PIC S9(18) COMP", "7fffffffffffffff", "9223372036854775807"],
    ["PIC S9(9) BINARY", "ffffffff", -1],
    ["PIC 9(4) COMP-5", "0100", 256],
    ["PIC S9(4)V99 COMP-4", "00000064", "1.00"],
    ["PIC S9(3)", "f1f2d3", -123],
    ["PIC S9(3) SIGN LEADING", "d1f2f3", -123],
    ["PIC S9(3) SIGN IS TRAILING SEPARATE CHARACTER", "f1f2f360", -123],
    ["PIC S9(2)PP", "f1f2", 1200],
    ["PIC SVPP99", "f1f2", "0.0012"],
    ["PIC S9(5)V99 COMP-3", "00000000", undefined],
    ["PIC 9(3)", "404040", undefined],
    ["PIC X(3)", "404040", undefined],
    ["PIC X(4)", "40c14040", " A"],
  ])("%s of %s is %j", (clause, bytes, wanted) => {
    expect(field(clause, bytes)).toEqual(wanted);
  });

  it("of COMP-5 has the byte order that was set", () => {
    expect(field("PIC 9(4) COMP-5", "0100", { comp5: "little-endian" })).toBe(1);
  });

  it.each(["fafafa", "f1f2", "f1f2f3f4"])("PIC 9(3) of %s is refused", (bytes) => {
    expect(failureOf(() => field("PIC 9(3)", bytes)).code).toBe("TL_DECODE_FAILED");
  });

  it("keeps every packed decimal exactly", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 17n - 1n), max: 10n ** 17n - 1n }), (number) => {
        const digits = String(number < 0n ? -number : number).padStart(17, "0");
        const hex = `${digits}${number < 0n ? "d" : "c"}`;
        const text = `${number < 0n ? "-" : ""}${digits.slice(0, 15).replace(/^0+(?=\d)/, "")}.${digits.slice(15)}`;
        expect(field("PIC S9(15)V99 COMP-3", hex)).toBe(number === 0n ? "0.00" : text);
      }),
    );
  });

  it.each([
    ["cp037", "4a5a", "¢!"],
    ["cp273", "4a5ac0d0", "ÄÜäü"],
    ["cp500", "4a5a", "[]"],
    ["cp1047", "adbd", "[]"],
    ["CP1140", "9f", "€"],
    ["IBM1141", "9f4a", "€Ä"],
    ["ibm-1148", "9f4a", "€["],
  ])("is read in %s", (encoding, hex, wanted) => {
    expect(field(`PIC X(${hex.length / 2})`, hex, { encoding })).toBe(wanted);
  });
});

describe("a copybook", () => {
  it("may repeat items, and let a number say how often", () => {
    const copybook = `
       01  R.
           05 COUNT-A PIC 9.
           05 A OCCURS 1 TO 3 TIMES DEPENDING ON COUNT-A INDEXED BY I.
              10 B PIC X.
              10 C PIC 9 OCCURS 2.
           05 LAST-ONE PIC X.`;
    const decode = (text: string, records: "fixed" | "rdw") =>
      openCobol({ copybook, records, encoding: "ascii" }).decode(Buffer.from(text));
    const wanted = {
      COUNT_A: 2,
      A: [
        { B: "x", C: [1, 2] },
        { B: "y", C: [3, 4] },
      ],
      LAST_ONE: "z",
    };
    expect(decode("2x12y34z", "rdw")).toEqual(wanted);
    expect(decode("2x12y34   z", "fixed")).toEqual(wanted);
    expect(failureOf(() => decode("4x12y34   z", "fixed")).message).toBe(
      "COUNT_A does not say how often A occurs (0 to 3)",
    );
  });

  it("may read bytes in several ways; one that they are not of is missing", () => {
    const copybook = `
       01  R.
           05 KIND PIC X.
           05 PERSON.
              10 GIVEN PIC X(4).
              10 FAMILY PIC X(4).
           05 COMPANY REDEFINES PERSON.
              10 TAX-NO PIC 9(8).
           05 FILLER.
              10 TAIL PIC X.`;
    const decode = (text: string) => openCobol({ copybook, encoding: "ascii" }).decode(Buffer.from(text));
    expect(decode("PAnn Lee t")).toEqual({ KIND: "P", PERSON: { GIVEN: "Ann", FAMILY: "Lee" }, TAIL: "t" });
    expect(decode("C12345678t")).toMatchObject({ KIND: "C", COMPANY: { TAX_NO: 12345678 } });
  });

  it("may say more than the bytes need", () => {
    const length = (clauses: string) => parseCopybook(`01 R.\n 05 A ${clauses}.`).length;
    expect(length("PIC S9(5) VALUE ZERO COMP-3")).toBe(3);
    expect(
      length("OCCURS 4 TIMES ASCENDING KEY IS B INDEXED BY I, J PIC X(2) JUST RIGHT VALUE IS 'a. b'"),
    ).toBe(8);
  });

  it("may lack its first level", () => {
    expect(parseCopybook("05 A PIC X(2).\n05 B PIC 99.").length).toBe(4);
  });

  it.each([
    ["05 A PIK X.", "PIK is not understood", 1],
    ["01 R.\n 05 A PIC Q(3).", "the picture Q(3) is not understood", 2],
    ["01 R.\n 05 A PIC X(3) COMP-3.", "the picture X(3) is not one of a number", 2],
    ["01 R.\n 05 A.", "A has neither a picture nor items", 2],
    ["01 R.\n 05 A REDEFINES B PIC X.", "B does not stand before it on the same level", 2],
    ["01 R.\n 05 A OCCURS 0 PIC X.", "OCCURS needs a number from 1 to 100000", 2],
    ["01 R.\n 05 A PIC 9(19) COMP.", "the picture 9(19) has more digits than a binary number holds", 2],
    ["01 R PIC X.\n 05 A PIC X.", "R has a picture and items", 2],
    [
      "01 R.\n 05 A PIC 9(4) COMP SYNC.",
      "SYNCHRONIZED puts bytes between items as the compiler likes; describe them as FILLER",
      2,
    ],
    ["hello.", "an item begins with its level", 1],
  ])("%j is refused with its line", (text, message, line) => {
    expect(failureOf(() => parseCopybook(text))).toMatchObject({
      code: "TL_CONFIG_INVALID",
      message: `copybook: ${message}`,
      place: { line },
    });
  });

  it("is opened with its settings", () => {
    expect(openFormat({ cobol: { copybook: COPYBOOK } })).toMatchObject({ name: "cobol", encoding: "bytes" });
    expect(failureOf(() => openCobol({ copybook: COPYBOOK, encoding: "cp9999" })).code).toBe(
      "TL_CONFIG_INVALID",
    );
    expect(failureOf(() => openCobol({ copybook: "" })).code).toBe("TL_CONFIG_INVALID");
  });
});
