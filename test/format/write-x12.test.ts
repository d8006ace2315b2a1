import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openX12 } from "../../src/format/edi.ts";
import { decodeText } from "../../src/format/encoding.ts";
import { recordWriter } from "../../src/format/write.ts";
import type { X12WriteOptions } from "../../src/format/write-x12.ts";
import type { Json } from "../../src/message/json.ts";
import { between, elementOf, runsOf, sampleFiles, type Taken, tagOf, takeApart } from "./edi-by-hand.ts";
import { failureOf, readBytes } from "./support.ts";

const MARK = { sequence: 4711, date: "20261128", time: "020000" };
const ADDRESSED = { sender: "ACME", recipient: "012345678", recipientQualifier: "01" };
const GROUP = { type: "PO", version: "004010" };
const PARTS = { component: ">", element: "*", repetition: "", release: "", terminator: "~" };
const BODY = {
  message: { type: "850" },
  segments: [
    { tag: "BEG", e1: "00", e2: "NE", e3: "4711", e5: "20261128", e6: "" },
    {
      tag: "PO1",
      e1: 1,
      e2: 2.5,
      e3: "EA",
      segments: [{ tag: "PID", e1: "F", e5: "A widget", e5_2: "small" }],
    },
  ],
};

const writer = (options: X12WriteOptions = {}) =>
  recordWriter({ x12: { interchange: ADDRESSED, group: GROUP, ...options } });
const write = (body: unknown, options: X12WriteOptions = {}): string =>
  Buffer.from(writer(options).whole(body as Json, MARK)).toString("latin1");
const read = (bytes: Uint8Array, groups: readonly string[] = [], encoding = "utf-8") =>
  readBytes(decodeText(bytes, encoding), (path) => openX12({ groups }).records(path));

/** What trailers must say, counted from what is there, and the lengths that ISA has. */
function expectCounted(text: string, segments: readonly Taken[]): void {
  expect(
    text
      .slice(0, 106)
      .split(text[3] ?? "")
      .map((element) => element.length),
  ).toEqual([3, 2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 2]);
  const groups = between(segments, "GS", "GE");
  for (const group of groups) {
    const messages = between(group, "ST", "SE");
    expect(elementOf(group.at(-1), 1)).toBe(String(messages.length));
    expect(elementOf(group.at(-1), 2)).toBe(elementOf(group[0], 6));
    for (const message of messages) {
      expect(elementOf(message.at(-1), 1)).toBe(String(message.length));
      expect(elementOf(message.at(-1), 2)).toBe(elementOf(message[0], 2));
    }
  }
  expect(segments.map(tagOf).filter((tag) => tag === "ISA" || tag === "IEA")).toEqual(["ISA", "IEA"]);
  expect(elementOf(segments.at(-1), 1)).toBe(String(groups.length));
  expect(elementOf(segments.at(-1), 2)).toBe(elementOf(segments[0], 13));
}

describe("an X12 interchange as it is written", () => {
  it("has its envelopes, lengths, counts and control numbers", () => {
    const text = write(BODY, { newline: "lf" });
    expect(text).toBe(
      [
        "ISA*00*          *00*          *ZZ*ACME           *01*012345678      *261128*0200*U*00401*000004711*0*P*>~",
        "GS*PO*ACME*012345678*20261128*0200*4711*X*004010~",
        "ST*850*0001~",
        "BEG*00*NE*4711**20261128~",
        "PO1*1*2.5*EA~",
        "PID*F****A widget>small~",
        "SE*5*0001~",
        "GE*1*4711~",
        "IEA*1*000004711~",
        "",
      ].join("\n"),
    );
  });

  it("says who, to whom and how, by the settings", () => {
    const interchange = {
      ...ADDRESSED,
      syntaxVersion: "00501",
      test: true,
      acknowledge: true,
      securityQualifier: "01",
      security: "pass",
    };
    const group = { type: "HC", version: "005010X222A1", sender: "APP", agency: "T" };
    const separators = { component: ":", repetition: "|", terminator: "\n" };
    const message = { type: "837", version: "005010X222A1" };
    const body = { segments: [{ tag: "REF", e1: ["A", "B"], e1_2: ["1", ""] }] };
    const lines = write(body, { interchange, group, separators, message }).split("\n");
    expect(lines[0]).toBe(
      "ISA*00*          *01*pass      *ZZ*ACME           *01*012345678      *261128*0200*|*00501*000004711*1*T*:",
    );
    expect(lines[1]).toBe("GS*HC*APP*012345678*20261128*0200*4711*T*005010X222A1");
    expect(lines.slice(2, 4)).toEqual(["ST*837*0001*005010X222A1", "REF*A:1|B"]);
  });

  it("holds many messages, whole or one by one, numbered within their group, which is called by its first delivery", () => {
    const change = { ...BODY, message: { type: "860" }, group: { type: "PC" } };
    const kinds = { group: { version: "004010" } };
    const order = { ...BODY, group: { type: "PO" } };
    const { head, part, tail } = writer(kinds).open(MARK);
    const pieces = [order, order, change, order].map((body, n) => part(body as Json, 4700 + n));
    const text = Buffer.concat([head, ...pieces, tail()]).toString();
    const segments = takeApart(text, PARTS);
    expectCounted(text, segments);
    const heads = segments.filter((it) => /^(GS|ST)$/.test(tagOf(it)));
    expect(
      heads.map((it) => `${tagOf(it)} ${elementOf(it, 1)} ${elementOf(it, tagOf(it) === "GS" ? 6 : 2)}`),
    ).toEqual([
      "GS PO 4700",
      "ST 850 0001",
      "ST 850 0002",
      "GS PC 4702",
      "ST 860 0001",
      "GS PO 4703",
      "ST 850 0001",
    ]);
    const same = writer().open(MARK);
    const parts = [BODY, BODY].map((body) => same.part(body as Json, MARK.sequence));
    expect(Buffer.concat([same.head, ...parts, same.tail()]).toString()).toBe(write([BODY, BODY]));
  });

  it("counts its control numbers over after nine digits", () => {
    const numbered = (sequence: number) =>
      Buffer.from(writer().whole(BODY as Json, { ...MARK, sequence }))
        .toString()
        .slice(90, 99);
    expect([1, 999_999_999, 1_000_000_000].map(numbered)).toEqual(["000000001", "999999999", "000000001"]);
  });
});

describe("a record that no X12 interchange can hold", () => {
  const put = (text: string) => ({ ...BODY, segments: [{ tag: "MSG", e2: text }] });
  it.each([
    [put("a*b"), "/segments/0/e2", "character 2 parts the interchange"],
    [put("a~"), "/segments/0/e2", "character 2 parts the interchange"],
    [put(">"), "/segments/0/e2", "character 1 parts the interchange"],
    [put("Müller"), "/segments/0/e2", "character 2 is none of ascii"],
    [put("a\nb"), "/segments/0/e2", "character 2 is none of ascii"],
    [{ ...BODY, message: {} }, "/message/type", "lacks what its envelope needs"],
    [{ ...BODY, message: { type: "850", reference: "1" } }, "/message/reference", "cannot stand there"],
    [{ ...BODY, group: { type: "IN" } }, "/group/type", "something else than the settings"],
    [
      { ...BODY, interchange: { sender: "OTHER" } },
      "/interchange/sender",
      "something else than the interchange",
    ],
    [{ ...BODY, segments: [{ tag: "SE" }] }, "/segments/0/tag", "part of the envelope"],
    [{ ...BODY, segments: [{ tag: "REF", e1: ["a", "b"] }] }, "/segments/0/e1", "nothing can be repeated"],
    [[], undefined, "an interchange has at least one message"],
  ] as const)("%j is refused at %s", (body, field, message) => {
    const failure = failureOf(() => writer().check(body as unknown as Json));
    expect(failure.code).toBe("TL_TARGET_REFUSED");
    expect(failure.place?.field).toBe(field);
    expect(failure.message).toContain(message);
  });

  it("may be one that other separators or another encoding can hold", () => {
    expect(write(put("a*b"), { separators: { element: "|" } })).toContain("MSG||a*b~");
    expect(write(put("a^b"))).toContain("MSG**a^b~");
    expect([...writer({ encoding: "windows-1252" }).whole(put("ü€") as Json, MARK)]).toEqual(
      expect.arrayContaining([0xfc, 0x80]),
    );
    for (const encoding of ["shift_jis", "utf-16le"])
      expect(failureOf(() => writer({ encoding })).code).toBe("TL_CONFIG_INVALID");
    expect(failureOf(() => writer({ separators: { terminator: "\n" }, newline: "crlf" })).code).toBe(
      "TL_CONFIG_INVALID",
    );
  });
});

describe("what is written as X12 and read again", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "B", "7", " ", "?", ":", "'", ".", "ü"),
    maxLength: 5,
  });
  const elements = fc.array(fc.array(text, { minLength: 1, maxLength: 3 }), { maxLength: 6 });
  const segment = fc.tuple(fc.constantFrom("BEG", "N1", "PO1", "REF"), elements).map(([tag, all]) => {
    const members: Record<string, Json> = { tag };
    for (const [index, components] of all.entries())
      for (const [place, one] of components.entries())
        if (one !== "") members[`e${index + 1}${place === 0 ? "" : `_${place + 1}`}`] = one;
    return { members, tag, all };
  });
  const message = fc.record({
    reference: fc.stringMatching(/^[A-Z0-9]{4,9}$/),
    type: fc.constantFrom("850", "810"),
    version: fc.constantFrom("004010", "005010X1", "004010UCS"),
  });
  const group = fc.record({
    reference: fc.stringMatching(/^[1-9]\d{0,8}$/),
    type: fc.constant("PO"),
    sender: fc.constantFrom("ME", "I"),
    recipient: fc.constant("YOU"),
    date: fc.constant("20261128"),
    time: fc.constant("0200"),
    version: fc.constantFrom("004010", "005010X1"),
  });
  const around = fc.record({
    reference: fc.stringMatching(/^\d{9}$/),
    sender: fc.stringMatching(/^[A-Z0-9]{1,15}$/),
    senderQualifier: fc.constantFrom("01", "ZZ"),
    recipient: fc.stringMatching(/^[A-Z][A-Z ]{0,10}[A-Z]$/),
    recipientQualifier: fc.constant("12"),
    date: fc.constant("261128"),
    time: fc.constant("0200"),
    syntaxVersion: fc.constantFrom("00401", "00501"),
  });

  it("is the same, by the reader and by hand", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(message, group, fc.array(segment, { maxLength: 6 })), {
          minLength: 1,
          maxLength: 5,
        }),
        around,
        fc.constantFrom("none", "lf"),
        async (all, interchange, newline) => {
          const records = all.map(([own, its, segments]) => ({
            interchange,
            group: its,
            message: own,
            segments: segments.map(({ members }) => members),
          })) as readonly Json[];
          const bytes = recordWriter({ x12: { encoding: "windows-1252", newline } }).whole(records, MARK);
          const { values, error, codes } = await read(bytes, [], "windows-1252");
          expect(error).toBeUndefined();
          expect(codes.every((code) => code === undefined)).toBe(true);
          expect(values).toEqual(records);
          const written = Buffer.from(bytes).toString("latin1");
          const segments = takeApart(written, { ...PARTS, repetition: "" });
          expectCounted(written, segments);
          const bare = segments.filter((it) => !/^(ISA|IEA|GS|GE|ST|SE)$/.test(tagOf(it)));
          expect(bare).toEqual(
            all.flatMap(([, , own]) =>
              own.map(({ tag, all: its }) =>
                cut([[[tag]], ...its.map((components) => [cutEnd(components)])]),
              ),
            ),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it("is what partners sent, whose files are read as they are", async ({ skip }) => {
    const files = [...sampleFiles("erp/x12", /./), ...sampleFiles("erp/idoc", /^x12.*\.edi$/)];
    skip(files.length === 0, "there is no folder of samples; name one with SAMPLES");
    const told: Record<string, string> = {};
    for (const { name, bytes } of files) {
      const reading = await readBytes(bytes, (path) =>
        openX12({ trailers: "ignore", groups: ["PO1"] }).records(path),
      );
      expect(reading.codes.filter((code) => code !== undefined)).toEqual([]);
      told[name] = reading.error === undefined ? "" : `${reading.error.message}: `;
      for (const run of runsOf(reading.values as Json[], "interchange")) {
        const separators = { component: "`", repetition: "\\" };
        const written = recordWriter({ x12: { separators } }).whole(run, MARK);
        expect((await read(written, ["PO1"])).values).toEqual(run);
        const text = Buffer.from(written).toString("latin1");
        expectCounted(text, takeApart(text, { ...PARTS, component: "`" }));
        told[name] += `${run.length}`;
      }
    }
    expect(told).toEqual({
      "271.edi": "the interchange is not ended by IEA: 1",
      "850.edi": "1",
      "850_3.edi": "1",
      "850_fat.edi": "2",
      "856.edi": "1",
      "x12-01__a__Sales_Order_Request___Inbound2.edi": "1",
    });
  });
});

function cutEnd(components: readonly string[]): readonly string[] {
  const end = components.findLastIndex((one) => one !== "");
  return components.slice(0, Math.max(1, end + 1));
}

/** Without elements at the end that are empty. */
function cut(segment: Taken): Taken {
  return segment.slice(
    0,
    segment.findLastIndex((element) => element.some((one) => one.some((it) => it !== ""))) + 1,
  );
}
