import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openEdifact, openX12 } from "../../src/format/edi.ts";
import { readEdiFile } from "../../src/format/edi-file.ts";
import { setUpGroups } from "../../src/format/edi-groups.ts";
import { EDIFACT } from "../../src/format/edifact-dialect.ts";
import { decodeText, detectEncoding } from "../../src/format/encoding.ts";
import { openFormat } from "../../src/format/open.ts";
import { failureOf, readBytes, sliceOf } from "./support.ts";

const UNB = "UNB+UNOC:3+ACME:14+SHOP:14+261127:0901+77'";
const ORDER = "UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+4711+9'LIN+1++4012345:EN'QTY+21:5'UNT+5+1'";

const readEdifact = (text: string) => readBytes(text, (path) => openEdifact({}).records(path));
const readX12 = (text: string) => readBytes(text, (path) => openX12({}).records(path));

describe("an EDIFACT interchange", () => {
  it("gives its messages with what encloses them", async () => {
    const reading = await readEdifact(`${UNB}\n${ORDER}\nUNZ+1+77'\n`);
    expect(reading.error).toBeUndefined();
    expect(reading.values).toEqual([
      {
        interchange: {
          reference: "77",
          sender: "ACME",
          senderQualifier: "14",
          recipient: "SHOP",
          recipientQualifier: "14",
          date: "261127",
          time: "0901",
          syntax: "UNOC",
          syntaxVersion: "3",
        },
        message: {
          reference: "1",
          type: "ORDERS",
          version: "D",
          release: "96A",
          agency: "UN",
          association: "EAN008",
        },
        segments: [
          { tag: "BGM", e1: "220", e2: "4711", e3: "9" },
          { tag: "LIN", e1: "1", e3: "4012345", e3_2: "EN" },
          { tag: "QTY", e1: "21", e1_2: "5" },
        ],
      },
    ]);
    expect(reading.rows[0]).toMatchObject({ row: 1, line: 2 });
  });

  it("says by UNA how it is parted, and releases what is meant as text", async () => {
    const text = `UNA|#,! ~UNB#UNOA|1#A#B#261127|0901#1~UNH#1#ORDERS|D|96A~FTX#AAI#a!#b!!!|c!~#x|y~UNT#3#1~UNZ#1#1~`;
    expect((await readEdifact(text)).values).toMatchObject([
      { segments: [{ tag: "FTX", e1: "AAI", e2: "a#b!|c~", e3: "x", e3_2: "y" }] },
    ]);
  });

  it("may repeat elements from version 4 on, whose components are lists then", async () => {
    const repeated = (head: string) =>
      readEdifact(`${head}UNH+1+ORDERS:D:03B'COM+11:TE*22*:FX'UNT+3+1'UNZ+1+1'`);
    const four = await repeated("UNB+UNOA:4+A+B+20261127:0901+1'");
    expect(four.values).toMatchObject([{ segments: [{ e1: ["11", "22", ""], e1_2: ["TE", "", "FX"] }] }]);
    const three = await repeated("UNB+UNOA:3+A+B+261127:0901+1'");
    expect(three.values).toMatchObject([{ segments: [{ e1: "11", e1_2: "TE*22*", e1_3: "FX" }] }]);
  });

  it("puts segments below the one that begins their group", async () => {
    const text = `${UNB}UNH+1+ORDERS:D:96A'BGM+220'NAD+BY'CTA+OC'LIN+1'QTY+21:5'ALC+A'PCD+1:10'LIN+2'QTY+21:6'UNS+S'CNT+2:2'UNT+13+1'UNZ+1+77'`;
    const groups = ["NAD", "LIN", "LIN/ALC", "UNS"];
    const { values } = await readBytes(text, (path) => openEdifact({ groups }).records(path));
    expect((values[0] as { segments: unknown }).segments).toEqual([
      { tag: "BGM", e1: "220" },
      { tag: "NAD", e1: "BY", segments: [{ tag: "CTA", e1: "OC" }] },
      {
        tag: "LIN",
        e1: "1",
        segments: [
          { tag: "QTY", e1: "21", e1_2: "5" },
          { tag: "ALC", e1: "A", segments: [{ tag: "PCD", e1: "1", e1_2: "10" }] },
        ],
      },
      { tag: "LIN", e1: "2", segments: [{ tag: "QTY", e1: "21", e1_2: "6" }] },
      { tag: "UNS", e1: "S", segments: [{ tag: "CNT", e1: "2", e1_2: "2" }] },
    ]);
  });

  it("may follow another one in a file, and each message keeps its own", async () => {
    const text = `${UNB}${ORDER}UNZ+1+77'\nUNA:+.?*'UNB+UNOC:3+OTHER+SHOP+261127:0902+78'${ORDER}UNZ+1+78'`;
    const reading = await readEdifact(text);
    expect(reading.values.map((value) => (value as never)["interchange"]["sender"])).toEqual([
      "ACME",
      "OTHER",
    ]);
    const [first, second] = reading.rows;
    expect(first!.bytes).toEqual(second!.bytes);
    expect(first!.within).not.toBe(second!.within);
    for (const row of reading.rows) {
      expect(openEdifact({}).decode(sliceOf(text, row), reading.context, row.offset)).toEqual(row.value);
    }
  });

  it("may hold groups, whose references are kept", async () => {
    const text = `${UNB}UNG+ORDERS+ACME+SHOP+261127:0901+5+UN+D:96A'${ORDER}UNE+1+5'UNZ+1+77'`;
    const { values, error } = await readEdifact(text);
    expect(error).toBeUndefined();
    expect(values).toMatchObject([{ group: { reference: "5", type: "ORDERS", sender: "ACME" } }]);
  });

  it("may hold bytes of any kind behind UNO", async () => {
    const text = `UNB+UNOW:4+A+B+20261127:0901+1'${ORDER}UNO+P1+1:slip+13+6'a'b?+'UNP+6+P1'${ORDER}UNZ+2+1'`;
    expect(await readEdifact(text)).toMatchObject({ error: undefined, codes: [undefined, undefined] });
  });

  it.each([
    ["another count of segments", ORDER.replace("UNT+5", "UNT+6"), "UNT says 6 segments, there are 5", 3, 10],
    [
      "no count of segments",
      ORDER.replace("UNT+5", "UNT+x"),
      "UNT does not say how many segments, there are 5",
      3,
      10,
    ],
    [
      "another reference",
      ORDER.replace("UNT+5+1", "UNT+5+2"),
      "the reference in UNT is not the one in UNH",
      3,
      10,
    ],
    ["a segment without a tag", ORDER.replace("QTY", "qty"), "a segment does not begin with a tag", 3, 1],
  ])("with %s in a message refuses it at its place and goes on", async (_, bad, text, line, column) => {
    const broken = bad.replace(/QTY|qty/, "\n$&");
    const reading = await readEdifact(`${UNB}\n${broken}${ORDER}UNZ+2+77'`);
    expect(reading.codes).toEqual(["TL_DECODE_FAILED", undefined]);
    expect(reading.rows[0]!.error).toMatchObject({ message: text, place: { line, column, record: 1 } });
  });

  it.each([
    ["another count of messages", "UNZ+2+77'", "UNZ says 2 messages, there are 1"],
    ["another reference", "UNZ+1+78'", "the reference in UNZ is not the one in UNB"],
    ["a group nobody began", "UNE+1+5'UNZ+1+77'", "UNE ends what no UNG began"],
    ["a segment outside", "MOA+9:1'UNZ+1+77'", "a segment stands outside of a message"],
    [
      "a message that is not ended",
      "UNH+2+ORDERS:D:96A'BGM+220'UNZ+2+77'",
      "the message is not ended by UNT",
    ],
  ])("with %s says so in a row of its own", async (_, end, text) => {
    const reading = await readEdifact(`${UNB}${ORDER}${end}`);
    expect(reading.codes).toEqual([undefined, "TL_DECODE_FAILED"]);
    expect(reading.rows[1]!.error!.message).toBe(text);
  });

  it("with wrong trailers is taken where the flow says so", async () => {
    const text = `${UNB}${ORDER.replace("UNT+5+1", "UNT+9+8")}UNZ+7+1'`;
    const { values } = await readBytes(text, (path) => openEdifact({ trailers: "ignore" }).records(path));
    expect(values).toMatchObject([{ message: { type: "ORDERS" } }]);
  });

  it.each([
    ["without its end", `${UNB}${ORDER}`, "TL_FILE_TRUNCATED", "the interchange is not ended by UNZ"],
    ["cut within a segment", `${UNB}${ORDER}UNZ+1+7`, "TL_FILE_TRUNCATED", "a segment is not ended"],
    [
      "cut within its head",
      "UNB+UNOC:3+A",
      "TL_FILE_TRUNCATED",
      "the head of an interchange is not complete",
    ],
    [
      "of TRADACOMS",
      "STX=ANA:1+A+B'",
      "TL_DECODE_FAILED",
      "an EDIFACT interchange begins with UNA or UNB: this is TRADACOMS",
    ],
    [
      "without a syntax",
      "UNB+ABC:1+A+B+261127:0901+1'",
      "TL_DECODE_FAILED",
      "UNB names no syntax such as UNOA or UNOC",
    ],
    [
      "whose UNA is odd",
      "UNAabcdefUNBbUNOA",
      "TL_DECODE_FAILED",
      "UNA declares characters that cannot part an interchange",
    ],
  ])("%s is refused as a whole, with its place", async (_, text, code, message) => {
    const { error } = await readEdifact(text);
    expect(error).toMatchObject({ code, message });
    expect(error!.place).toHaveProperty("line", 1);
  });

  it("of nothing has no messages", async () => {
    expect(await readEdifact("\r\n \x1a")).toMatchObject({ values: [], error: undefined });
  });

  it("refuses a message that is too large and keeps nothing of it", async () => {
    const large = `UNH+1+ORDERS:D:96A'${"FTX+AAI+++text'".repeat(500)}UNT+502+1'`;
    const text = `${UNB}${large}${ORDER}UNZ+2+77'`;
    const setup = { dialect: EDIFACT, groups: setUpGroups([]), checks: true, limit: 1000 };
    expect(await readBytes(text, (path) => readEdiFile(path, setup, 64))).toMatchObject({
      codes: ["TL_RECORD_TOO_LARGE", undefined],
      error: undefined,
    });
  });

  it("that comes alone holds one message", () => {
    const decode = (text: string) => openEdifact({}).decode(Buffer.from(text));
    expect(decode(`${UNB}${ORDER}UNZ+1+77'`)).toMatchObject({ message: { reference: "1" } });
    expect(failureOf(() => decode(`${UNB}${ORDER}${ORDER}UNZ+2+77'`)).message).toMatch(
      /expected one message/,
    );
    expect(failureOf(() => decode(`${UNB}${ORDER}UNZ+2+77'`)).message).toMatch(/UNZ says 2/);
  });

  it("names its character set by UNB", () => {
    const bytes = (syntax: string, text: string) =>
      Buffer.from(`UNA:+.? '\r\nUNB+${syntax}:3+A+B+261127:0901+1'${text}`, "latin1");
    expect(detectEncoding(bytes("UNOC", ""), "utf-8")).toBe("windows-1252");
    expect(detectEncoding(bytes("UNOD", ""), "utf-8")).toBe("iso-8859-2");
    expect(detectEncoding(bytes("UNOY", ""), "windows-1252")).toBe("utf-8");
    expect(detectEncoding(bytes("UNOA", ""), "windows-1252")).toBe("windows-1252");
    expect(Buffer.from(decodeText(bytes("UNOC", "M\xfcller"), "utf-8")).toString()).toMatch(/Müller$/);
  });
});

const ISA =
  "ISA*00*          *00*          *ZZ*ACME           *ZZ*SHOP           *261127*0901*U*00401*000000077*0*P*>~";
const SET = "ST*850*0001~BEG*00*SA*4711**20261127~PO1*1*5*EA*9.25*TE*UP*4012345~CTT*1~SE*5*0001~";
const GS = "GS*PO*ACME*SHOP*20261127*0901*7*X*004010~";

describe("an X12 interchange", () => {
  it("gives its transaction sets in the shape of EDIFACT", async () => {
    const reading = await readX12(`${ISA}\n${GS}\n${SET}\nGE*1*7~\nIEA*1*000000077~\n`);
    expect(reading.error).toBeUndefined();
    expect(reading.values).toEqual([
      {
        interchange: {
          reference: "000000077",
          sender: "ACME",
          senderQualifier: "ZZ",
          recipient: "SHOP",
          recipientQualifier: "ZZ",
          date: "261127",
          time: "0901",
          syntaxVersion: "00401",
        },
        group: {
          reference: "7",
          type: "PO",
          sender: "ACME",
          recipient: "SHOP",
          date: "20261127",
          time: "0901",
          version: "004010",
        },
        message: { reference: "0001", type: "850", version: "004010" },
        segments: [
          { tag: "BEG", e1: "00", e2: "SA", e3: "4711", e5: "20261127" },
          { tag: "PO1", e1: "1", e2: "5", e3: "EA", e4: "9.25", e5: "TE", e6: "UP", e7: "4012345" },
          { tag: "CTT", e1: "1" },
        ],
      },
    ]);
  });

  it("may end its segments with line ends, and repeat elements from version 00402 on", async () => {
    const head = ISA.replace("*U*00401", "*^*00501").replaceAll("~", "\n");
    const set = "ST*271*1\nEB*1**30^42^88*MA>x\nSE*3*1\n";
    const { values, error } = await readX12(`${head}${GS.replaceAll("~", "\n")}${set}GE*1*7\nIEA*1*77\n`);
    expect(error).toBeUndefined();
    expect(values).toMatchObject([
      { segments: [{ tag: "EB", e3: ["30", "42", "88"], e4: "MA", e4_2: "x" }] },
    ]);
  });

  it.each([
    ["SE", "SE*5*0001", "SE*4*0001", "SE says 4 segments, there are 5"],
    ["GE", "GE*1*7", "GE*2*7", "GE says 2 messages, there are 1"],
    ["IEA", "IEA*1*000000077", "IEA*1*000000078", "the reference in IEA is not the one in ISA"],
  ])("with a wrong %s says so", async (_, good, bad, text) => {
    const whole = `${ISA}${GS}${SET}GE*1*7~IEA*1*000000077~`;
    const { rows, error } = await readX12(whole.replace(good, bad));
    expect(error).toBeUndefined();
    expect(rows.flatMap((row) => row.error?.message ?? [])).toEqual([text]);
  });

  it.each([
    ["that begins otherwise", "ISB*00*", "an X12 interchange begins with ISA"],
    ["with letters for separators", ISA.replaceAll("*", "x"), "an X12 interchange begins with ISA"],
    ["whose head is short", `ISA*00*${" ".repeat(300)}`, "ISA does not have its 16 elements"],
    [
      "with one character for two uses",
      ISA.replace(">~", "**"),
      "ISA declares characters that cannot part an interchange",
    ],
  ])("%s is refused", async (_, text, message) => {
    expect((await readX12(text)).error).toMatchObject({ code: "TL_DECODE_FAILED", message });
  });
});

describe("the settings of EDIFACT and X12", () => {
  it("are taken by their names", () => {
    expect(openFormat({ x12: {} })).toMatchObject({ name: "x12", mediaTypes: ["application/edi-x12"] });
    expect(openFormat({ edifact: {} })).toMatchObject({ name: "edifact", wholeFile: true });
  });

  it("name groups by tags", () => {
    expect(failureOf(() => openEdifact({ groups: ["lin"] })).code).toBe("TL_CONFIG_INVALID");
    expect(failureOf(() => openEdifact({ groups: ["LIN/"] })).code).toBe("TL_CONFIG_INVALID");
  });
});

describe("any text as EDIFACT", () => {
  const setup = { dialect: EDIFACT, groups: setUpGroups(["LIN"]), checks: true, limit: 4000 };
  const escaped = (text: string) => text.replace(/[?+:'*]/g, "?$&");
  const component = fc.string({
    unit: fc.constantFrom("a", "ü", "😀", "?", "+", ":", "'", "*", " ", "\n"),
    maxLength: 6,
  });
  const segment = fc.tuple(
    fc.constantFrom("FTX", "LIN", "QTY"),
    fc.array(fc.array(component, { minLength: 1, maxLength: 3 }), { maxLength: 4 }),
  );

  it("is read as it was written, in steps and alone", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(segment, { maxLength: 5 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 40 }),
        async (messages, step) => {
          const texts = messages.map((segments, index) => {
            const body = segments.map(
              ([tag, elements]) =>
                `${[tag, ...elements.map((parts) => parts.map(escaped).join(":"))].join("+")}'`,
            );
            return `UNH+${index}+X:D:96A'${body.join("")}UNT+${segments.length + 2}+${index}'\n`;
          });
          const text = `${UNB.replace("UNOC:3", "UNOW:4")}${texts.join("")}UNZ+${messages.length}+77'`;
          const reading = await readBytes(text, (path) => readEdiFile(path, setup, step));
          expect(reading.error).toBeUndefined();
          expect(reading.values).toHaveLength(messages.length);
          const whole = openEdifact({ groups: ["LIN"] });
          for (const row of reading.rows) {
            expect(whole.decode(sliceOf(text, row), reading.context, row.offset)).toEqual(row.value);
          }
          const flat = await readBytes(text, (path) =>
            readEdiFile(path, { ...setup, groups: setUpGroups([]) }, step),
          );
          for (const [index, segments] of messages.entries()) {
            const wanted = segments.map(([tag, elements]) => ({
              tag,
              ...Object.fromEntries(
                elements.flatMap((parts, e) =>
                  parts.flatMap((part, c) =>
                    part === "" ? [] : [[`e${e + 1}${c === 0 ? "" : `_${c + 1}`}`, part]],
                  ),
                ),
              ),
            }));
            expect(flat.values[index]).toMatchObject({ segments: wanted });
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it("that was damaged gives rows or one sentence, never anything else", async () => {
    const whole = `${UNB}UNG+X+A+B+261127:0901+5'${ORDER}\n${ORDER}UNE+2+5'UNZ+1+77'`;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(whole.length),
        fc.nat(6),
        fc.string({ unit: fc.constantFrom("'", "+", "?", ":", "U", "N", "T", "\n", "ü"), maxLength: 4 }),
        async (at, gone, put) => {
          const text = whole.slice(0, at) + put + whole.slice(at + gone);
          const { rows } = await readBytes(text, (path) => readEdiFile(path, setup, 7));
          for (const row of rows) expect(row.value === undefined).toBe(row.error !== undefined);
        },
      ),
      { numRuns: 50 },
    );
  });
});
