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
const EVENT_TYPE = "application/cloudevents+json; charset=UTF-8";

function event(over: object = {}): string {
  return JSON.stringify({ specversion: "1.0", id: "e-1", source: "/orders", type: "order.placed", ...over });
}

describeConnector("web", web, {
  settings: () => ({
    forms: { contact: { token: TOKEN, origins: [PAGE], honeypot: "website" } },
    events: { orders: { token: TOKEN } },
  }),
  wrongSettings: [
    { events: { orders: {} } },
    { forms: { contact: { token: "short" } } },
    { forms: { contact: { origins: ["example.com"] } } },
  ],
  pushes: {
    orders: {
      request: post(event({ data: { n: 1 } }), EVENT_TYPE),
      refused: {
        "no token": { request: post(event(), EVENT_TYPE, { authorization: "" }), code: "TL_UNAUTHORIZED" },
        "no event": { request: post(good, JSON_TYPE), code: "TL_DECODE_FAILED" },
        "an event of another version": {
          request: post(event({ specversion: "0.3" }), EVENT_TYPE),
          code: "TL_DECODE_FAILED",
        },
        "an event without an id": { request: post(event({ id: "" }), EVENT_TYPE), code: "TL_DECODE_FAILED" },
        "broken JSON": { request: post("{", EVENT_TYPE), code: "TL_DECODE_FAILED" },
        "data twice": {
          request: post(event({ data: 1, data_base64: "MQ==" }), EVENT_TYPE),
          code: "TL_DECODE_FAILED",
        },
      },
    },
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

describe("a CloudEvent", () => {
  const source = web.open({ events: { orders: { token: TOKEN } } }, { system: "web", now: () => 0 }).sources[
    "orders"
  ];
  const HEADERS = {
    "ce-specversion": "1.0",
    "ce-id": "e-1",
    "ce-source": "/orders",
    "ce-type": "order.placed",
  };
  const read = (request: PushRequest) => {
    if (source?.kind !== "push") throw new Error("not a push source");
    const item = source.receive(request);
    return { event: item.event, body: JSON.parse(Buffer.from(item.body).toString()) as unknown };
  };

  it("is the same event in structured and in binary mode", () => {
    const data = { n: 1, name: "Müller" };
    const structured = read(post(event({ data, datacontenttype: JSON_TYPE }), EVENT_TYPE));
    const binary = read(post(JSON.stringify(data), JSON_TYPE, HEADERS));
    expect(binary).toEqual(structured);
    expect(binary.event).toBe("/orders e-1");
  });

  it("of another source is another happening, though the ids are alike", () => {
    expect(read(post("{}", JSON_TYPE, { ...HEADERS, "ce-source": "/returns" })).event).toBe("/returns e-1");
  });

  it("in binary mode keeps extensions, and attributes that are not ASCII", () => {
    const { body } = read(
      post("{}", JSON_TYPE, { ...HEADERS, "ce-subject": "M%C3%BCller 100%", "ce-tenant": "7" }),
    );
    expect(body).toMatchObject({ subject: "Müller 100%", tenant: "7" });
  });

  it.each<[string, string | Uint8Array, object]>([
    ["text/plain", "hello", { data: "hello" }],
    ["application/octet-stream", Buffer.from([0, 255]), { data_base64: "AP8=" }],
    ["application/vnd.x+json", "[1]", { data: [1] }],
  ])("in binary mode of type %s has its data in the form of the JSON format", (type, content, expected) => {
    expect(read(post(content, type, HEADERS)).body).toMatchObject(expected);
  });
});
