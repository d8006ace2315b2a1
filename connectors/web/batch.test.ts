import { HubError, type PushRequest } from "tieline/connector";
import { describe, expect, it } from "vitest";
import web from "./index.ts";

const TOKEN = "a-long-enough-token";

/** The example of the JSON format of CloudEvents, 1.0.2, 4.3. */
const FIRST = `{
      "specversion" : "1.0",
      "type" : "com.example.someevent",
      "source" : "/mycontext/4",
      "id" : "B234-1234-1234",
      "time" : "2018-04-05T17:31:00Z",
      "comexampleextension1" : "value",
      "comexampleothervalue" : 5,
      "datacontenttype" : "application/vnd.apache.thrift.binary",
      "data_base64" : "... base64 encoded string ..."
  }`;
const SECOND = `{
      "specversion" : "1.0",
      "type" : "com.example.someotherevent",
      "source" : "/mycontext/9",
      "id" : "C234-1234-1234",
      "time" : "2018-04-05T17:31:05Z",
      "comexampleextension1" : "value",
      "comexampleothervalue" : 5,
      "datacontenttype" : "application/json",
      "data" : {
          "appinfoA" : "abc",
          "appinfoB" : 123,
          "appinfoC" : true
      }
  }`;
const EXAMPLE = `[\n  ${FIRST},\n  ${SECOND}\n]\n`;

const source = web.open(
  { events: { orders: { token: TOKEN, limit: 4096 } } },
  { system: "web", now: () => 0 },
).sources["orders"];

function post(body: string | Uint8Array, headers: Record<string, string> = {}): PushRequest {
  return {
    method: "POST",
    url: "/in/web/orders",
    headers: {
      "content-type": "application/cloudevents-batch+json; charset=UTF-8",
      authorization: `Bearer ${TOKEN}`,
      ...headers,
    },
    body: Buffer.from(body as string),
  };
}

function take(request: PushRequest) {
  if (source?.kind !== "push" || source.receiveBatch === undefined) throw new Error("takes no batches");
  const items = source.receiveBatch(request);
  if (items === null) return null;
  return items.map(({ body, event, headers }) => ({ text: Buffer.from(body).toString(), event, headers }));
}

function refusal(request: PushRequest): HubError {
  try {
    take(request);
  } catch (error) {
    if (error instanceof HubError) return error;
    throw error;
  }
  throw new Error("taken");
}

function event(over: object = {}): string {
  return JSON.stringify({ specversion: "1.0", id: "e-1", source: "/orders", type: "order.placed", ...over });
}

describe("a batch of CloudEvents", () => {
  it("is its events, in their order and byte for byte", () => {
    const headers = { "content-type": "application/cloudevents-batch+json; charset=UTF-8" };
    expect(take(post(EXAMPLE))).toEqual([
      { text: FIRST, event: "/mycontext/4 B234-1234-1234", headers },
      { text: SECOND, event: "/mycontext/9 C234-1234-1234", headers },
    ]);
  });

  it("may be empty", () => {
    expect(take(post("[]"))).toEqual([]);
    expect(take(post(" [ ] \n"))).toEqual([]);
  });

  it("keeps what a parser would lose, and is not misled by brackets in texts", () => {
    const odd =
      '{"specversion":"1.0","id":"],[","source":"\\"","type":"t","data":[9007199254740993,1.10,"\\\\"]}';
    expect(take(post(`\uFEFF[${odd} , ${event()}]`))?.map(({ text }) => text)).toEqual([odd, event()]);
  });

  it("names a happening that comes twice alike", () => {
    const names = take(post(`[${event()},${event({ id: "e-2" })},${event()}]`))?.map((one) => one.event);
    expect(names).toEqual(["/orders e-1", "/orders e-2", "/orders e-1"]);
  });

  it.each<[string, string]>([
    ["without an id", event({ id: undefined })],
    ["of another version", event({ specversion: "0.3" })],
    ["with data twice", event({ data: 1, data_base64: "MQ==" })],
    ["that is a text", '"event"'],
    ["that is null", "null"],
    ["that is a batch", `[${event()}]`],
  ])("with one event of three %s is refused, by its index", (_, bad) => {
    const error = refusal(post(`[${event({ id: "a" })},${bad},${event({ id: "b" })}]`));
    expect([error.code, error.status]).toEqual(["TL_DECODE_FAILED", 400]);
    expect(error.message).toContain("item 1 of the batch, counted from 0");
    expect(error.cure).not.toBe("");
  });

  it.each<[string, string | Uint8Array, string]>([
    ["an event by itself", event(), "TL_DECODE_FAILED"],
    ["no JSON", `[${event()},]`, "TL_DECODE_FAILED"],
    ["half of it", EXAMPLE.slice(0, 400), "TL_DECODE_FAILED"],
    ["no UTF-8", Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]), "TL_ENCODING_INVALID"],
    ["too much", `[${event({ data: "x".repeat(4096) })}]`, "TL_BODY_TOO_LARGE"],
  ])("that is %s is refused", (_, body, code) => {
    expect(refusal(post(body)).code).toBe(code);
  });

  it("is not looked at before its sender is known", () => {
    for (const authorization of ["", `Bearer ${TOKEN}x`])
      expect(refusal(post("{", { authorization })).code).toBe("TL_UNAUTHORIZED");
  });

  it("is none when it comes as an event", () => {
    expect(take(post(event(), { "content-type": "application/cloudevents+json" }))).toBeNull();
  });
});
