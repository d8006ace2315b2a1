import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openEdifact } from "../../src/format/edi.ts";
import { decodeText } from "../../src/format/encoding.ts";
import { recordWriter } from "../../src/format/write.ts";
import type { EdifactWriteOptions } from "../../src/format/write-edifact.ts";
import type { Json } from "../../src/message/json.ts";
import { between, elementOf, runsOf, sampleFiles, type Taken, tagOf, takeApart } from "./edi-by-hand.ts";
import { failureOf, readBytes } from "./support.ts";

const MARK = { sequence: 4711, date: "20261128", time: "020000" };
const ADDRESSED = { sender: "4012345000009", senderQualifier: "14", recipient: "5412345000013" };
const ORDER = { type: "ORDERS", version: "D", release: "96A", agency: "UN", association: "EAN008" };
const PARTS = { component: ":", element: "+", repetition: "*", release: "?", terminator: "'" };
const BODY = {
  message: ORDER,
  segments: [
    { tag: "BGM", e1: "220", e2: "4711", e3: "9" },
    { tag: "FTX", e1: "AAI", e4: "What's 1+1:2?", e4_3: "end", e5: "" },
    { tag: "LIN", e1: 1, e3: "4012345", e3_2: "EN", segments: [{ tag: "QTY", e1: "21", e1_2: 2.5 }] },
  ],
};

const writer = (options: EdifactWriteOptions = {}) =>
  recordWriter({ edifact: { interchange: ADDRESSED, ...options } });
const write = (body: unknown, options: EdifactWriteOptions = {}): string =>
  Buffer.from(writer(options).whole(body as Json, MARK)).toString("latin1");
const read = (bytes: Uint8Array, groups: readonly string[] = []) =>
  readBytes(decodeText(bytes, "utf-8"), (path) => openEdifact({ groups }).records(path));
/** All but UNA, taken apart. */
const apart = (text: string, parts = PARTS): readonly Taken[] => takeApart(text.slice(9).trimStart(), parts);

/** What trailers must say, counted from what is there. */
function expectCounted(segments: readonly Taken[]): void {
  const messages = between(segments, "UNH", "UNT");
  for (const message of messages) {
    expect(elementOf(message.at(-1), 1)).toBe(String(message.length));
    expect(elementOf(message.at(-1), 2)).toBe(elementOf(message[0], 1));
  }
  const groups = between(segments, "UNG", "UNE");
  for (const group of groups) {
    expect(elementOf(group.at(-1), 1)).toBe(String(between(group, "UNH", "UNT").length));
    expect(elementOf(group.at(-1), 2)).toBe(elementOf(group[0], 5));
  }
  expect(segments.map(tagOf).filter((tag) => tag === "UNB" || tag === "UNZ")).toEqual(["UNB", "UNZ"]);
  expect(elementOf(segments.at(-1), 1)).toBe(String(groups.length || messages.length));
  expect(elementOf(segments.at(-1), 2)).toBe(elementOf(segments[0], 5));
}

describe("an EDIFACT interchange as it is written", () => {
  it("has its envelopes, counts and references, and releases what parts it", () => {
    expect(write(BODY, { newline: "lf" })).toBe(
      [
        "UNA:+.? '",
        "UNB+UNOC:3+4012345000009:14+5412345000013+261128:0200+4711'",
        "UNH+1+ORDERS:D:96A:UN:EAN008'",
        "BGM+220+4711+9'",
        "FTX+AAI+++What?'s 1?+1?:2??::end'",
        "LIN+1++4012345:EN'",
        "QTY+21:2.5'",
        "UNT+6+1'",
        "UNZ+1+4711'",
        "",
      ].join("\n"),
    );
  });

  it("says who, to whom and how, by the settings", () => {
    const interchange = {
      ...ADDRESSED,
      recipientQualifier: "14",
      application: "INVOIC",
      agreement: "EANCOM",
    };
    const text = write(BODY, {
      interchange: { ...interchange, syntaxVersion: "4", acknowledge: true, test: true },
      separators: { decimal: "," },
    });
    expect(
      text.startsWith(
        "UNA:+,?*'UNB+UNOC:4+4012345000009:14+5412345000013:14+20261128:0200+4711++INVOIC++1+EANCOM+1'",
      ),
    ).toBe(true);
    expect(text).toContain("QTY+21:2,5'");
  });

  it("holds many messages, numbered as they stand in it, whole or one by one", () => {
    const bodies = [BODY, BODY, { ...BODY, message: { ...ORDER, reference: "own" } }];
    const { head, part, tail } = writer().open(MARK);
    const pieces = bodies.map((body, n) => part(body as Json, 4700 + n));
    const written = Buffer.concat([head, ...pieces, tail()]).toString();
    expect(written).toBe(write(bodies));
    expect(
      apart(written)
        .filter((it) => tagOf(it) === "UNH")
        .map((it) => elementOf(it, 1)),
    ).toEqual(["1", "2", "own"]);
    expectCounted(apart(written));
  });

  it("puts messages of one kind that follow each other into a group, called by the delivery that it begins with", () => {
    const other = { ...BODY, message: { ...ORDER, type: "ORDCHG" } };
    const { head, part, tail } = writer({ group: {}, newline: "lf" }).open(MARK);
    const pieces = [BODY, BODY, other, BODY].map((body, n) => part(body as Json, 4700 + n));
    const segments = apart(Buffer.concat([head, ...pieces, tail()]).toString());
    expectCounted(segments);
    const heads = segments
      .filter((it) => tagOf(it) === "UNG")
      .map((it) => it.map((element) => element[0]?.join(":")).join("+"));
    expect(heads).toEqual(
      ["ORDERS", "ORDCHG", "ORDERS"].map(
        (type, n) =>
          `UNG+${type}+4012345000009+5412345000013+261128:0200+${[4700, 4702, 4703][n]}+UN+D:96A:EAN008`,
      ),
    );
  });

  it("has repeated elements from version 4 on", async () => {
    const segments = [{ tag: "COM", e1: ["11*", "22", ""], e1_2: ["TE", "", "FX"] }];
    const interchange = { ...ADDRESSED, syntaxVersion: "4" };
    const text = write({ message: ORDER, segments }, { interchange });
    expect(text).toContain("COM+11?*:TE*22*:FX'");
    expect((await read(Buffer.from(text))).values).toMatchObject([{ segments }]);
    expect(failureOf(() => write({ message: ORDER, segments })).place).toEqual({
      record: 1,
      field: "/segments/0/e1",
    });
  });
});

/** Characters of each level by ISO 9735 itself, and how a partner decodes them. */
const LEVELS: Readonly<Record<string, readonly [pattern: RegExp, decode: (bytes: Buffer) => string]>> = {
  UNOA: [/^[A-Z0-9 .,\-()/='+:?!"%&*;<>]$/, (bytes) => bytes.toString("ascii")],
  UNOB: [/^[A-Za-z0-9 .,\-()/='+:?!"%&*;<>]$/, (bytes) => bytes.toString("ascii")],
  UNOC: [/^[ -~\u00a0-\u00ff]$/, (bytes) => bytes.toString("latin1")],
  UNOE: [
    /^[ -~\u00a0\u00ad\u0401-\u040c\u040e-\u044f\u0451-\u045c\u045e\u045f\u2116\u00a7]$/,
    (bytes) => new TextDecoder("iso-8859-5").decode(bytes),
  ],
  UNOY: [/^[^\p{Control}\p{Surrogate}]$/u, (bytes) => bytes.toString("utf8")],
};

describe("the characters of an EDIFACT interchange", () => {
  it.each(Object.entries(LEVELS))("of %s are written as they are, and no others", (syntax, [own, decode]) => {
    const char = fc.oneof(
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
      fc.integer({ min: 0, max: 0x500 }).map((code) => String.fromCharCode(code)),
    );
    fc.assert(
      fc.property(char, (value) => {
        const body = { message: ORDER, segments: [{ tag: "FTX", e4: `A${value}` }] };
        const bytes = () => writer({ interchange: { ...ADDRESSED, syntax } }).whole(body, MARK);
        if (own.test(value)) {
          const parts = { ...PARTS, repetition: syntax === "UNOY" ? "*" : "" };
          const taken = apart(decode(Buffer.from(bytes())), parts);
          expect(taken.find((it) => tagOf(it) === "FTX")?.[4]?.[0]).toEqual([`A${value}`]);
        } else {
          const failure = failureOf(bytes);
          expect(failure.message).toBe(
            `record 1 has a value whose character 2 is none of ${syntax}: /segments/0/e4`,
          );
          expect(failure.cure).toContain("larger character set");
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe("a record that is no message", () => {
  it.each([
    [{ segments: [] }, "/message/type", "lacks what its envelope needs"],
    [
      { message: { ...ORDER, type: "INVOICES" }, segments: [] },
      "/message/type",
      "more than the 6 characters",
    ],
    [{ message: { ...ORDER, kind: "x" }, segments: [] }, "/message/kind", "says what no message says"],
    [
      { ...BODY, interchange: { recipient: "other" } },
      "/interchange/recipient",
      "something else than the interchange",
    ],
    [{ ...BODY, group: { type: "ORDERS" } }, "/group", "is of a group"],
    [{ ...BODY, lines: [] }, "/lines", "has a member that no message has"],
    [{ message: ORDER }, "/segments", "has no list of segments"],
    [{ message: ORDER, segments: {} }, "/segments", "has no list of segments"],
    [{ message: ORDER, segments: ["BGM"] }, "/segments/0", "is no object"],
    [{ message: ORDER, segments: [{ e1: "1" }] }, "/segments/0/tag", "without a tag"],
    [{ message: ORDER, segments: [{ tag: "UNT" }] }, "/segments/0/tag", "part of the envelope"],
    [{ message: ORDER, segments: [{ tag: "BGM", e1_1: "x" }] }, "/segments/0/e1_1", "is no element"],
    [{ message: ORDER, segments: [{ tag: "BGM", e1: true }] }, "/segments/0/e1", "no text or number"],
    [{ message: ORDER, segments: [{ tag: "BGM", e1: 1e21 }] }, "/segments/0/e1", "too many digits"],
    [{ message: ORDER, segments: [{ tag: "A", segments: [{}] }] }, "/segments/0/tag", "without a tag"],
    [
      { message: ORDER, segments: [{ tag: "LIN", segments: [{}] }] },
      "/segments/0/segments/0/tag",
      "without a tag",
    ],
    [
      { message: ORDER, segments: [{ tag: "COM", e1: ["a"], e1_2: ["b", "c"] }] },
      "/segments/0/e1_2",
      "equally often",
    ],
  ] as const)("%j is refused at %s", (body, field, message) => {
    const failure = failureOf(() => writer().check(body as unknown as Json));
    expect(failure).toMatchObject({ code: "TL_TARGET_REFUSED", place: { record: 1, field } });
    expect(failure.message).toContain(message);
    expect(failure.cure).not.toBe("");
    expect(failureOf(() => write([BODY, body])).place).toEqual({ record: 2, field });
  });

  it("for somebody else cannot be part of a file of many, but can be one of its own", () => {
    const open = recordWriter({ edifact: { interchange: { sender: "A" } } });
    const body = {
      ...BODY,
      interchange: { recipient: "B", reference: "own", date: "20250101", time: "1200" },
    } as Json;
    expect(Buffer.from(open.whole(body, MARK)).toString()).toContain("UNB+UNOC:3+A+B+20250101:1200+own'");
    expect(failureOf(() => open.check(body)).place?.field).toBe("/interchange/recipient");
    expect(failureOf(() => writer().check({ ...BODY, interchange: { reference: "own" } })).place?.field).toBe(
      "/interchange/reference",
    );
    const two = [body, { ...BODY, interchange: { recipient: "C" } }] as Json;
    expect(failureOf(() => open.whole(two, MARK)).place).toEqual({
      record: 2,
      field: "/interchange/recipient",
    });
  });

  it("is of no day when nobody knows one", () => {
    expect(failureOf(() => writer().whole(BODY as Json, { sequence: 1 })).place?.field).toBe(
      "/interchange/date",
    );
  });

  it("has no second group without a name within one delivery", () => {
    const bodies = [BODY, { ...BODY, message: { ...ORDER, type: "ORDCHG" } }];
    expect(failureOf(() => writer({ group: {} }).check(bodies as Json)).place).toEqual({
      record: 2,
      field: "/group/reference",
    });
  });

  it("is not parted by one character in two ways", () => {
    expect(failureOf(() => writer({ separators: { element: ":" } })).code).toBe("TL_CONFIG_INVALID");
  });
});

describe("what is written and read again", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "B", "7", "ü", "ß", "?", "+", ":", "'", "*", " ", "§", "."),
    maxLength: 6,
  });
  const value = text.filter((it) => it !== "");
  /** By repetitions and components. */
  const element = fc
    .integer({ min: 1, max: 3 })
    .chain((width) =>
      fc.array(fc.array(text, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 3 }),
    );
  const name = (at: number, place: number) => (place === 0 ? `e${at}` : `e${at}_${place + 1}`);
  const segment = fc
    .tuple(fc.constantFrom("BGM", "DTM", "FTX", "NAD", "LIN", "QTY"), fc.array(element, { maxLength: 5 }))
    .map(([tag, elements]) => {
      const members: Record<string, Json> = { tag };
      for (const [index, repeats] of elements.entries())
        for (let place = 0; place < (repeats[0]?.length ?? 0); place++) {
          const values = repeats.map((components) => components[place] ?? "");
          if (values.some((one) => one !== ""))
            members[name(index + 1, place)] = values.length === 1 ? (values[0] ?? "") : values;
        }
      return members;
    });
  const reference = fc.stringMatching(/^[A-Z0-9]{1,14}$/);
  const message = fc.record({
    reference,
    type: fc.constantFrom("ORDERS", "INVOIC"),
    version: fc.constant("D"),
    release: fc.constantFrom("96A", "01B"),
    agency: fc.constant("UN"),
  });
  const record = fc.record({ message, segments: fc.array(segment, { maxLength: 6 }) });
  const interchange = fc.record({
    reference,
    sender: value,
    senderQualifier: fc.constant("ZZ"),
    recipient: value,
    date: fc.constant("20261128"),
    time: fc.constant("0200"),
    syntax: fc.constantFrom("UNOC", "UNOY"),
    syntaxVersion: fc.constant("4"),
  });

  it("is the same, by the reader and by hand", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 5 }),
        interchange,
        fc.boolean(),
        fc.constantFrom("none", "crlf"),
        async (records, around, grouped, newline) => {
          const group = {
            reference: "G1",
            type: "ORDERS",
            sender: "a",
            recipient: "b",
            date: "20261128",
            time: "0200",
          };
          const all = records.map((one) => ({
            interchange: around,
            ...(grouped ? { group } : {}),
            ...one,
          })) as readonly Json[];
          const format = { newline, ...(grouped ? { group: {} } : {}) } as const;
          const bytes = Buffer.from(recordWriter({ edifact: format }).whole(all, MARK));
          const { values, error, codes } = await read(bytes);
          expect(error).toBeUndefined();
          expect(codes.every((code) => code === undefined)).toBe(true);
          expect(values).toEqual(all);
          const segments = apart(bytes.toString(around.syntax === "UNOC" ? "latin1" : "utf8"));
          expectCounted(segments);
          const bare = segments.filter((it) => !/^UN[BGHTEZ]$/.test(tagOf(it)));
          expect(bare).toEqual(records.flatMap((one) => one.segments.map(byHand)));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("is the same with groups of segments, which stand below one another", async () => {
    const groups = ["NAD", "LIN", "LIN/QTY"];
    await fc.assert(
      fc.asyncProperty(record, async (one) => {
        const first = await read(
          writer({ interchange: { ...ADDRESSED, syntaxVersion: "4" } }).whole(one as Json, MARK),
          groups,
        );
        const again = await read(recordWriter({ edifact: {} }).whole(first.values as Json, MARK), groups);
        expect(again.values).toEqual(first.values);
      }),
      { numRuns: 100 },
    );
  });

  it("is what partners sent, whose files are read as they are", async ({ skip }) => {
    const files = [...sampleFiles("erp/edifact", /./), ...sampleFiles("erp/idoc", /^edifact.*\.edi$/)];
    skip(files.length === 0, "there is no folder of samples; name one with SAMPLES");
    const told: Record<string, string> = {};
    for (const { name, bytes } of files) {
      const reading = await readBytes(decodeText(bytes, "utf-8"), (path) =>
        openEdifact({ trailers: "ignore", groups: ["LIN"] }).records(path),
      );
      expect(reading.error).toBeUndefined();
      told[name] = reading.codes.filter((code) => code !== undefined).join();
      const values = reading.values.filter((value) => value !== undefined);
      for (const run of runsOf(values, "interchange")) {
        const lower = failureMessage(() => recordWriter({ edifact: {} }).whole(run, MARK));
        // What says UNOA and is not has to say so.
        const own = lower === undefined ? run : run.map((one) => withSyntax(one, "UNOC"));
        const written = recordWriter({ edifact: {} }).whole(own, MARK);
        expect((await read(written, ["LIN"])).values).toEqual(own);
        told[name] += `${run.length} ${lower === undefined ? "as it is" : "in UNOC"}`;
      }
    }
    expect(told).toEqual({
      "EDIFACT_EXAMPLE0.TXT": "1 as it is",
      "EDIFACT_EXAMPLE1.TXT": "1 as it is",
      "EDIFACT_EXAMPLE5.TXT": "1 as it is",
      // It says UTF-8 and is not.
      "EDIFACT_EXAMPLE8.TXT": "TL_ENCODING_INVALID",
      // These say UNOA and have small letters or underscores.
      "ORDERS_D.03B_Interchange.txt": "1 in UNOC",
      "edifact-01__a__Sales_Order_Request___Inbound.edi": "1 in UNOC",
      "edifact-01__a__Sales_Order_Request___Inbound2.edi": "1 in UNOC",
    });
  });
});

/** A segment's members as they must stand in the file. */
function byHand(segment: Record<string, Json>): Taken {
  const elements: string[][][] = [[[String(segment["tag"])]]];
  for (const [member, value] of Object.entries(segment)) {
    const [, at, place = "1"] = /^e(\d+)(?:_(\d+))?$/.exec(member) ?? [];
    if (at === undefined) continue;
    const times = Array.isArray(value) ? value : [value];
    for (const [time, one] of times.entries()) {
      while (elements.length <= Number(at)) elements.push([[""]]);
      const element = elements[Number(at)] as string[][];
      while (element.length <= time) element.push([""]);
      const components = element[time] as string[];
      if (one === "") continue;
      while (components.length < Number(place)) components.push("");
      components[Number(place) - 1] = String(one);
    }
  }
  return elements;
}

function failureMessage(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function withSyntax(record: Json, syntax: string): Json {
  const { interchange, ...rest } = record as Record<string, Json>;
  return { ...rest, interchange: { ...(interchange as Record<string, Json>), syntax } };
}
