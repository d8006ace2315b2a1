import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openVcard, readVcardFile } from "../../src/format/vcard.ts";
import { failureOf, readBytes, sliceOf } from "./support.ts";

const card = (...lines: string[]) => ["BEGIN:VCARD", ...lines, "END:VCARD", ""].join("\r\n");
const read = (text: string) => readBytes(text, (path) => openVcard({}).records(path));

describe("a file of vCards", () => {
  it("gives a record for each, with properties as lists", async () => {
    const text = `${card(
      "VERSION:3.0",
      "N:Lee;Ann;;Dr.;",
      "FN:Dr. Ann Lee",
      'item1.TEL;TYPE=CELL,"voice":+49 30 1',
      "TEL;type=home:+49 30 2",
      "NOTE:one\\, two\\nthr",
      " ee",
      "PHOTO;ENCODING=b:AAAA",
    )}${card("VERSION:4.0", "FN:Bo")}`;
    const reading = await read(text);
    expect(reading.error).toBeUndefined();
    expect(reading.values).toEqual([
      {
        VERSION: [{ value: "3.0", types: [] }],
        N: [{ value: "Lee;Ann;;Dr.;", types: [], parts: ["Lee", "Ann", "", "Dr.", ""] }],
        FN: [{ value: "Dr. Ann Lee", types: [] }],
        TEL: [
          { value: "+49 30 1", types: ["cell", "voice"] },
          { value: "+49 30 2", types: ["home"] },
        ],
        NOTE: [{ value: "one, two\nthree", types: [] }],
      },
      { VERSION: [{ value: "4.0", types: [] }], FN: [{ value: "Bo", types: [] }] },
    ]);
    for (const row of reading.rows) expect(openVcard({}).decode(sliceOf(text, row))).toEqual(row.value);
    expect(reading.rows.map(({ line }) => line)).toEqual([1, 11]);
  });

  it("reads quoted-printable and bare types of version 2.1", async () => {
    const { values } = await read(
      card("VERSION:2.1", "ADR;HOME;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:;;Stra=C3=9Fe=", "nweg 1;Ulm;;;"),
    );
    expect(values).toMatchObject([
      { ADR: [{ types: ["home"], parts: ["", "", "Straßenweg 1", "Ulm", "", "", ""] }] },
    ]);
  });

  it("refuses a card with a line that is no property, at its place, and goes on", async () => {
    const { rows } = await read(`${card("VERSION:3.0", "what")}${card("VERSION:3.0", "FN:Bo")}`);
    expect(rows.map((row) => row.error?.message)).toEqual(["a line of the card is no property", undefined]);
    expect(rows[0]!.error!.place).toEqual({ line: 3, record: 1 });
  });

  it("refuses a file that was cut, and what is no card", async () => {
    expect((await read("BEGIN:VCARD\r\nFN:A\r\n")).error?.code).toBe("TL_FILE_TRUNCATED");
    expect((await read("hello\r\nEND:VCARD\r\n")).codes).toEqual(["TL_DECODE_FAILED"]);
    expect(failureOf(() => openVcard({}).decode(Buffer.from("hello"))).code).toBe("TL_DECODE_FAILED");
  });

  it("that was damaged gives rows or one sentence", async () => {
    const whole = card("VERSION:3.0", "FN:Ann", "TEL;TYPE=CELL:1", "NOTE;ENCODING=QUOTED-PRINTABLE:=C3=9F");
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length),
        fc.nat(6),
        fc.string({ maxLength: 4 }),
        async (at, gone, put) => {
          const text = whole.slice(0, at) + put + whole.slice(at + gone);
          const { rows } = await readBytes(text, (path) => readVcardFile(path, 1000, 9));
          for (const row of rows) expect(row.value === undefined).toBe(row.error !== undefined);
        },
      ),
      { numRuns: 50 },
    );
  });
});
