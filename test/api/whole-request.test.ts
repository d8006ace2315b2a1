import { describe, expect, it } from "vitest";
import { wholeRequest } from "../../src/api/whole-request.ts";

const BODY = '{"a":"\u00e4"}';
const LENGTH = `content-length: ${Buffer.byteLength(BODY)}`;

/** A request of these lines with the body. */
function request(lines: readonly string[], body = BODY): Buffer {
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`);
}

const plain = ["POST /in/web/any?x=1 HTTP/1.1", "Host: hub", LENGTH];

describe("a request in one piece", () => {
  it("is read as it was written, with its names in lower case and its values without blanks around", () => {
    const read = wholeRequest(request([...plain, "X-Event:  a b\t", "X-Empty:", "X-Colon: a:b"]));
    expect(read).toEqual({
      method: "POST",
      url: "/in/web/any?x=1",
      headers: {
        host: "hub",
        "content-length": String(Buffer.byteLength(BODY)),
        "x-event": "a b",
        "x-empty": "",
        "x-colon": "a:b",
      },
      body: Buffer.from(BODY),
    });
  });

  it("may have no body, when it says so", () => {
    const read = wholeRequest(request(["PUT /in/web/any HTTP/1.1", "host: hub", "content-length: 0"], ""));
    expect(read?.body).toHaveLength(0);
  });

  it.each([
    ["is half there", request(plain, BODY.slice(0, -1))],
    ["is followed by another", Buffer.concat([request(plain), request(plain)])],
    ["has no end of its headers yet", Buffer.from(`${plain.join("\r\n")}\r\n`)],
    ["has no headers", request(["POST /in/web/any HTTP/1.1"], "")],
    ["has another method", request(["PATCH /in/web/any HTTP/1.1", "host: hub", LENGTH])],
    ["is of another version", request(["POST /in/web/any HTTP/1.0", "host: hub", LENGTH])],
    ["has an absolute address", request(["POST http://hub/in/web/any HTTP/1.1", "host: hub", LENGTH])],
    ["has an odd address", request(["POST /in/web/\u00e4 HTTP/1.1", "host: hub", LENGTH])],
    ["has two blanks in its first line", request(["POST  /in/web/any HTTP/1.1", "host: hub", LENGTH])],
    ["has no host", request(["POST /in/web/any HTTP/1.1", LENGTH])],
    ["has no length", request(["POST /in/web/any HTTP/1.1", "host: hub"])],
    ["has its length twice", request([...plain, LENGTH])],
    ["has a length with a sign", request([...plain.slice(0, 2), "content-length: +9"], "123456789")],
    ["has a length in hexadecimal", request([...plain.slice(0, 2), "content-length: 0x9"], "123456789")],
    ["has a list of lengths", request([...plain.slice(0, 2), "content-length: 9, 9"], "123456789")],
    ["comes in chunks too", request([...plain, "Transfer-Encoding: chunked"])],
    ["wants to be told to go on", request([...plain, "Expect: 100-continue"])],
    ["wants another protocol", request([...plain, "Connection: Upgrade", "Upgrade: h2c"])],
    ["closes the connection", request([...plain, "Connection: close"])],
    ["has a header twice", request([...plain, "X-Event: a", "x-event: b"])],
    ["has a blank before a colon", request([...plain, "X-Event : a"])],
    ["has a folded header", request([...plain, "X-Event: a", " b"])],
    ["has a header without a colon", request([...plain, "X-Event"])],
    ["has a header without a name", request([...plain, ": a"])],
    ["has a bare line feed", request([...plain, "X-Event: a\nX-Other: b"])],
    ["has a bare carriage return", request([...plain, "X-Event: a\rX-Other: b"])],
    ["has a null in a header", request([...plain, "X-Event: a\0"])],
    ["has bytes beyond ASCII in a header", request([...plain, "X-Event: \u00e4"])],
    ["has a name of programs", request([...plain, "__proto__: a"])],
    ["has very long headers", request([...plain, `X-Event: ${"a".repeat(9000)}`])],
    ["is no HTTP", Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")],
    ["is empty", Buffer.alloc(0)],
  ])("is left to node when it %s", (_name, chunk) => {
    expect(wholeRequest(chunk)).toBeUndefined();
  });
});
