import { HubError, type PushRequest } from "tieline/connector";
import { describe, expect, it } from "vitest";
import { describeConnector } from "../../test/conformance/connector.ts";
import web from "./index.ts";

const TOKEN = "a-long-enough-token";
const PAGE = "https://www.example.com";

function post(body: string | Uint8Array, type: string, headers: Record<string, string> = {}): PushRequest {
  return {
    method: "POST",
    url: "/in/web/contact",
    headers: { "content-type": type, origin: PAGE, authorization: `Bearer ${TOKEN}`, ...headers },
    body: Buffer.from(body as string),
  };
}

const JSON_TYPE = "application/json";
const FORM_TYPE = "application/x-www-form-urlencoded";
const good = '{"email": "a@example.com"}';

describeConnector("web", web, {
  settings: () => ({ forms: { contact: { token: TOKEN, origins: [PAGE], honeypot: "website" } } }),
  wrongSettings: [
    {},
    { forms: { contact: { token: "short" } } },
    { forms: { contact: { origins: ["example.com"] } } },
  ],
  pushes: {
    contact: {
      request: post(good, JSON_TYPE),
      refused: {
        "no token": { request: post(good, JSON_TYPE, { authorization: "" }), code: "TL_UNAUTHORIZED" },
        "a wrong token": {
          request: post(good, JSON_TYPE, { authorization: `Bearer ${TOKEN}x` }),
          code: "TL_UNAUTHORIZED",
        },
        "another site": {
          request: post(good, JSON_TYPE, { origin: "https://evil.example" }),
          code: "TL_UNAUTHORIZED",
        },
        "a filled honeypot": { request: post('{"website":"x"}', JSON_TYPE), code: "TL_USAGE" },
        "plain text": { request: post("hello", "text/plain"), code: "TL_MEDIA_TYPE" },
        "broken JSON": { request: post('{"email":', JSON_TYPE), code: "TL_DECODE_FAILED" },
        "a JSON list": { request: post("[]", JSON_TYPE), code: "TL_DECODE_FAILED" },
        "bytes that are not UTF-8": {
          request: post(Buffer.from([0x61, 0x3d, 0xff]), FORM_TYPE),
          code: "TL_ENCODING_INVALID",
        },
      },
    },
  },
});

function take(request: PushRequest, options = {}) {
  const source = web.open({ forms: { contact: options } }, { system: "web", now: () => 0 }).sources[
    "contact"
  ];
  if (source?.kind !== "push") throw new Error("not a push source");
  const item = source.receive(request);
  return { ...item, text: Buffer.from(item.body).toString() };
}

function refusal(request: PushRequest, options = {}): string {
  try {
    take(request, options);
  } catch (error) {
    return error instanceof HubError ? error.code : String(error);
  }
  return "taken";
}

/** A multipart body as browsers write it. */
function multipart(parts: readonly string[], end = "--B--\r\n"): string {
  return parts.map((part) => `--B\r\n${part}\r\n`).join("") + end;
}

const field = (name: string, value: string) =>
  `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`;
const MULTIPART = "multipart/form-data; boundary=B";

describe("a URL-encoded form", () => {
  it("is stored as a JSON object, and the type it came in is kept", () => {
    const item = take(post("name=M%C3%BCller+%26+Co&topic=a&topic=b&empty=", FORM_TYPE));
    expect(JSON.parse(item.text)).toEqual({ name: "Müller & Co", topic: ["a", "b"], empty: "" });
    expect(item.headers?.["content-type"]).toBe(FORM_TYPE);
  });

  it("cannot smuggle in a prototype", () => {
    const { text } = take(post("__proto__=x&constructor=y", FORM_TYPE));
    expect(text).toBe('{"__proto__":"x","constructor":"y"}');
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });

  it("has at most 200 fields", () => {
    const many = Array.from({ length: 201 }, (_, index) => `f${index}=1`).join("&");
    expect(refusal(post(many, FORM_TYPE))).toBe("TL_DECODE_FAILED");
  });
});

describe("a multipart form", () => {
  it("is stored as a JSON object", () => {
    const body = multipart([
      field("name", "Müller"),
      field("text", "line 1\r\nline 2\r\n\r\n--C"),
      field("q%22", ""),
    ]);
    expect(JSON.parse(take(post(body, MULTIPART)).text)).toEqual({
      name: "Müller",
      text: "line 1\r\nline 2\r\n\r\n--C",
      'q"': "",
    });
  });

  it.each<[string, string, string, string]>([
    [
      "a file",
      multipart([field("f", "x").replace("\r\n\r\n", '; filename="a.txt"\r\n\r\n')]),
      MULTIPART,
      "TL_MEDIA_TYPE",
    ],
    ["no last boundary", multipart([field("a", "1")], ""), MULTIPART, "TL_DECODE_FAILED"],
    ["no boundary in the type", multipart([field("a", "1")]), "multipart/form-data", "TL_DECODE_FAILED"],
    [
      "a part without a name",
      multipart(["Content-Disposition: form-data\r\n\r\n1"]),
      MULTIPART,
      "TL_DECODE_FAILED",
    ],
    ["a part without a head", multipart(["just text"]), MULTIPART, "TL_DECODE_FAILED"],
    ["nothing at all", "", MULTIPART, "TL_DECODE_FAILED"],
  ])("with %s is refused", (_, body, type, code) => {
    expect(refusal(post(body, type))).toBe(code);
  });
});

describe("a form", () => {
  it("names its happening by Idempotency-Key, if there is one", () => {
    expect(take(post(good, JSON_TYPE)).event).toBeUndefined();
    expect(take(post(good, JSON_TYPE, { "idempotency-key": "post-1" })).event).toBe("post-1");
  });

  it("takes the token in a header of its own too", () => {
    const request = post(good, JSON_TYPE, { authorization: "", "x-form-token": TOKEN });
    expect(refusal(request, { token: TOKEN })).toBe("taken");
    expect(refusal(request, { token: `${TOKEN}x` })).toBe("TL_UNAUTHORIZED");
  });

  it("takes an empty honeypot, in any encoding", () => {
    expect(refusal(post("website=&a=1", FORM_TYPE), { honeypot: "website" })).toBe("taken");
    expect(refusal(post(multipart([field("website", "x")]), MULTIPART), { honeypot: "website" })).toBe(
      "TL_USAGE",
    );
  });

  it("refusals do not quote what was posted", () => {
    try {
      take(post('{"email": "a@example.com"', JSON_TYPE));
      expect.unreachable();
    } catch (error) {
      expect((error as HubError).describe()).not.toContain("example.com");
    }
  });
});
