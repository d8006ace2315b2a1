import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Frame, FrameError, frameBytes, frameReader } from "./stomp-frame.ts";

const LARGEST = 64 * 1024;

function framesOf(bytes: Buffer, sizes: readonly number[] = [bytes.length], largest = LARGEST): Frame[] {
  const read = frameReader(largest);
  const frames: Frame[] = [];
  for (let at = 0, n = 0; at < bytes.length; n += 1) {
    const size = Math.max(1, sizes[n % sizes.length] ?? 1);
    frames.push(...read(bytes.subarray(at, at + size)));
    at += size;
  }
  return frames;
}

const text = fc.string({ unit: fc.constantFrom("\r", "\n", ":", "\\", "a", " ", "ü", "c", "n", "😀") });
const name = text.filter((value) => value.length > 0 && value !== "content-length");
const frame = fc.record({
  command: fc.constantFrom("SEND", "MESSAGE", "ERROR"),
  headers: fc.dictionary(name, text, { noNullPrototype: true }),
  body: fc.uint8Array({ maxLength: 2_000 }),
});

describe("frames of STOMP", () => {
  it("are read as they were written, however the network cuts them", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 });
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 5 }),
        sizes,
        fc.constantFrom("", "\n", "\r\n\n"),
        (all, cuts, beat) => {
          const withLength = all.map((one) => ({ ...one, body: Buffer.from(one.body) }));
          const bytes = withLength.flatMap(({ command, headers, body }) => [
            Buffer.from(beat),
            frameBytes(command, headers, body),
          ]);
          const read = framesOf(Buffer.concat(bytes), cuts).map(({ command, headers, body }) => ({
            command,
            headers: Object.fromEntries([...headers].filter(([key]) => key !== "content-length")),
            body,
          }));
          expect(read).toEqual(withLength);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("that are none end in a FrameError or in nothing, whatever came", () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom("MESSAGE", "\n", "\r\n", "\0", ":", "\\", "content-length:", "9", "\n\n", "CONNECTED\n")
        .map((part) => Buffer.from(part)),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.integer({ min: 1, max: 9 }), (pieces, cut) => {
        try {
          for (const { body } of framesOf(Buffer.concat(pieces), [cut], 40))
            expect(body.length).toBeLessThanOrEqual(40);
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("may end their lines with CR LF, repeat a header, and have no length", () => {
    const bytes = Buffer.from("MESSAGE\r\na:first\r\na:second\r\nb:x\\ny\r\n\r\nbody\r\n\0\r\nRECEIPT\n\n\0");
    const [message, receipt] = framesOf(bytes, [1]);
    expect([...(message?.headers ?? [])]).toEqual([
      ["a", "first"],
      ["b", "x\ny"],
    ]);
    expect(message?.body.toString()).toBe("body\r\n");
    expect(receipt?.command).toBe("RECEIPT");
  });

  it("have no escapes where they begin a connection", () => {
    const [hello] = framesOf(Buffer.from("CONNECTED\nsession:a\\c:b\n\n\0"));
    expect(hello?.headers.get("session")).toBe("a\\c:b");
    expect(frameBytes("CONNECT", { passcode: "a:b\\c" }).toString()).toBe("CONNECT\npasscode:a:b\\c\n\n\0");
  });

  it.each([
    ["an unknown escape", "MESSAGE\na:x\\ty\n\n\0", false],
    ["a header without a name", "MESSAGE\n:x\n\n\0", false],
    ["a header without a colon", "MESSAGE\nabc\n\n\0", false],
    ["a length that is no number", "MESSAGE\ncontent-length:-1\n\n\0", false],
    ["a body beyond its length", "MESSAGE\ncontent-length:2\n\nabc\0", false],
    ["something else than STOMP", "HTTP/1.1 400 Bad Request\r\n\r\n", false],
    ["a length beyond the limit", `MESSAGE\ncontent-length:${LARGEST + 1}\n\n`, true],
    ["a body beyond the limit", `MESSAGE\n\n${"x".repeat(LARGEST + 1)}`, true],
    ["a head beyond the limit", `MESSAGE\na:${"x".repeat(LARGEST)}`, true],
    ["too many headers", `MESSAGE\n${"a:b\n".repeat(501)}\n\0`, true],
  ])("with %s are refused", (_, given, tooLarge) => {
    const read = (): unknown => framesOf(Buffer.from(given), [4_096]);
    expect(read).toThrow(FrameError);
    expect(read).toThrow(expect.objectContaining({ tooLarge }));
  });

  it("take no line break into a header that could begin another, and no NUL", () => {
    const bytes = frameBytes("SEND", { key: "a\r\nreceipt:evil\n\nbody" });
    expect(bytes.toString()).toBe("SEND\nkey:a\\r\\nreceipt\\cevil\\n\\nbody\n\n\0");
    expect(() => frameBytes("CONNECT", { login: "a\nb" })).toThrow(RangeError);
    expect(() => frameBytes("SEND", { key: "a\0b" })).toThrow(RangeError);
  });
});
