import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openMt940 } from "../../src/format/mt940.ts";
import { readMt940File } from "../../src/format/mt940-file.ts";
import { failureOf, readBytes, sliceOf } from "./support.ts";

const HEAD = ":20:STARTUMS\n:25:12345678/1020304050\n:28C:7/2\n:60F:C261126EUR1000,00\n";
const TAIL = ":62F:C261127EUR900,00\n-\n";

const read = (text: string) => readBytes(text, (path) => openMt940({}).records(path));
const entry = async (text: string) => (await read(`${HEAD}${text}\n${TAIL}`)).rows[0]!;

describe("an MT940 statement", () => {
  it("gives its entries, each with what the statement says", async () => {
    const text = `${HEAD}:61:2611271127D100,5NTRFRE-7//BANK9\nmore\n:86:166?00TRANSFER?20RE-7 Max?21imal?32Ann?33 Lee\n${TAIL}`;
    const reading = await read(text);
    expect(reading.error).toBeUndefined();
    expect(reading.values).toEqual([
      {
        statement: {
          account: "12345678/1020304050",
          reference: "STARTUMS",
          number: "7",
          sequence: "2",
          currency: "EUR",
          opening: { date: "2026-11-26", amount: "1000.00" },
        },
        valueDate: "2026-11-27",
        bookingDate: "2026-11-27",
        amount: "-100.5",
        currency: "EUR",
        mark: "D",
        type: "NTRF",
        reference: "RE-7",
        bankReference: "BANK9",
        supplement: "more",
        information: "166?00TRANSFER?20RE-7 Max?21imal?32Ann?33 Lee",
        subfields: {
          code: "166",
          "00": "TRANSFER",
          "20": "RE-7 Max",
          "21": "imal",
          "32": "Ann",
          "33": " Lee",
        },
      },
    ]);
    const [row] = reading.rows;
    expect(row).toMatchObject({ row: 1, line: 5, within: HEAD.trimEnd() });
    expect(openMt940({}).decode(sliceOf(text, row!), reading.context, row!.offset)).toEqual(row!.value);
  });

  it("may follow another one, with blocks of SWIFT and of banks around", async () => {
    const one = (account: string) => HEAD.replace("12345678", account);
    const text = `{1:F01X}{4:\r\n${one("A")}:61:261127C1,NMSCNONREF\n${TAIL}-}{5:}\n940 00\n${one("B")}:61:261127C2,NMSCNONREF\n:61:261127C3,NMSC\n${TAIL}`;
    const reading = await read(text);
    const accounts = reading.values.map((value) => (value as never)["statement"]["account"]);
    expect(accounts).toEqual(["A/1020304050", "B/1020304050", "B/1020304050"]);
    for (const row of reading.rows) {
      expect(openMt940({}).decode(sliceOf(text, row), reading.context, row.offset)).toEqual(row.value);
    }
  });

  it.each([
    ["C1,00", "1.00", "C"],
    ["D1,00", "-1.00", "D"],
    ["RC1,5", "-1.5", "RC"],
    ["RD1,5", "1.5", "RD"],
    ["DR7,", "-7", "D"],
    ["C000000012345678901,20", undefined, undefined],
    ["C000000000025,00", "25.00", "C"],
    ["D0,00", "0.00", "D"],
  ])("reads %s as %s, without a float", async (written, amount, mark) => {
    const row = await entry(`:61:261127${written}NMSCX`);
    if (amount === undefined) expect(row.error?.code).toBe("TL_DECODE_FAILED");
    else expect(row.value).toMatchObject({ amount, mark });
  });

  it.each([
    ["2602300301", "2026-02-28", "2026-03-01"],
    ["2612310102", "2026-12-31", "2027-01-02"],
    ["2701021231", "2027-01-02", "2026-12-31"],
    ["990101", "1999-01-01", undefined],
  ])("dates %s as %s, booked %s", async (written, valueDate, bookingDate) => {
    const { value } = await entry(`:61:${written}C1,NMSCX`);
    expect(value).toMatchObject({ valueDate });
    expect((value as { bookingDate?: string }).bookingDate).toBe(bookingDate);
  });

  it.each([
    ["slashes", ":86:/EREF/E-1/NAME/Ann\n Lee/REMI/RE-7/", { EREF: "E-1", NAME: "Ann Lee", REMI: "RE-7/" }],
    [
      "angle brackets",
      ":86:000>100012345>20RENT>21 MAY",
      { code: "000", "10": "0012345", "20": "RENT", "21": " MAY" },
    ],
    ["lines", ":NS:01526715\n15ERGO\n16lep", { "01": "526715", "15": "ERGO", "16": "lep" }],
    ["nothing known", ":86:free text", undefined],
  ])("takes information apart that is written with %s", async (_, text, subfields) => {
    const { value } = await entry(`:61:261127C1,NMSCX\n${text}`);
    expect((value as { subfields?: unknown }).subfields).toEqual(subfields);
  });

  it.each([
    ["a date that is none", ":61:261327C1,NMSC", "a date is none"],
    ["an amount that is none", ":61:261127C1.00NMSC", "the entry (:61:) cannot be read"],
  ])("with %s refuses the entry with its line and goes on", async (_, bad, message) => {
    const { rows, error } = await read(`${HEAD}${bad}\n:61:261127C1,NMSC\n${TAIL}`);
    expect(error).toBeUndefined();
    expect(rows.map((row) => row.error?.message)).toEqual([message, undefined]);
    expect(rows[0]!.error!.place).toMatchObject({ line: 5, record: 1 });
  });

  it.each([
    ["without an account", HEAD.replace(/:25:.*\n/, ""), "the statement names no account (:25:)"],
    [
      "without an opening balance",
      HEAD.replace(/:60F:.*\n/, ""),
      "the statement has no opening balance (:60F: or :60M:) that can be read",
    ],
  ])("%s refuses its entries", async (_, head, message) => {
    const { rows } = await read(`${head}:61:261127C1,NMSC\n${TAIL}${HEAD}:61:261127C1,NMSC\n${TAIL}`);
    expect(rows.map((row) => row.error?.message)).toEqual([message, undefined]);
  });

  it.each([
    ["that is cut", `${HEAD}:61:261127C1,NMSC\n`, "TL_FILE_TRUNCATED"],
    ["that begins in the middle", ":60F:C261126EUR1000,00\n", "TL_DECODE_FAILED"],
  ])("%s is refused as a whole", async (_, text, code) => {
    expect((await read(text)).error?.code).toBe(code);
  });

  it("that is not closed before the next one says so", async () => {
    const { rows } = await read(`${HEAD}:61:261127C1,NMSC\n${HEAD}${TAIL}`);
    expect(rows[1]!.error!.message).toMatch(/no closing balance/);
  });

  it("that comes alone holds one entry", () => {
    const decode = (text: string) => openMt940({}).decode(Buffer.from(text));
    expect(decode(`${HEAD}:61:261127C1,NMSC\r\n${TAIL}`)).toMatchObject({ amount: "1" });
    expect(failureOf(() => decode(HEAD + TAIL)).message).toBe("expected one entry, found 0");
  });

  it("that was damaged gives rows or one sentence, in whatever steps it is read", async () => {
    const whole = `${HEAD}:61:2611271127D100,5NTRFRE-7//B\nmore\n:86:166?00A?20B\n:61:261127C1,NMSC\n${TAIL}`;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length),
        fc.nat(8),
        fc.string({ unit: fc.constantFrom(":", "\n", "\r\n", "6", "2", "F", ",", "?", "-"), maxLength: 5 }),
        fc.integer({ min: 1, max: 30 }),
        async (at, gone, put, step) => {
          const text = whole.slice(0, at) + put + whole.slice(at + gone);
          const reading = await readBytes(text, (path) => readMt940File(path, 10_000, step));
          const again = await read(text);
          expect(again.values).toEqual(reading.values);
          expect(again.error?.code).toBe(reading.error?.code);
        },
      ),
      { numRuns: 50 },
    );
  });
});
