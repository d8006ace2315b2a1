import { afterEach, describe, expect, it } from "vitest";
import type { Outgoing } from "../../src/connector/contract.ts";
import { httpSink } from "../../src/connector/http-sink.ts";
import { oauthTokens } from "../../src/connector/oauth.ts";
import type { OAuthOptions } from "../../src/connector/oauth-settings.ts";
import { HubError } from "../../src/errors.ts";
import { startTarget } from "../fakes/http-target.ts";
import { startTokenEndpoint } from "../fakes/token-endpoint.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const SECRET = "a secret of the client";
const forever = new AbortController().signal;

async function setup(over: Partial<OAuthOptions> = {}) {
  const endpoint = await startTokenEndpoint();
  closing.push(() => endpoint.close());
  const options: OAuthOptions = { url: endpoint.url, client: "tieline", secret: SECRET, ...over };
  const time = { now: 1_000_000 };
  const tokens = oauthTokens(options, () => time.now);
  const failure = async (): Promise<HubError> => {
    const error = await tokens.header(forever).catch((thrown: unknown) => thrown);
    if (!(error instanceof HubError)) throw new Error("it was given");
    return error;
  };
  return { endpoint, options, time, tokens, failure };
}

describe("a token", () => {
  it("is got once for all who ask, and kept until shortly before its end", async () => {
    const { tokens, endpoint, time } = await setup({ scope: "customers", audience: "crm" });
    const headers = await Promise.all([1, 2, 3].map(() => tokens.header(forever)));
    expect(headers).toEqual(Array.from({ length: 3 }, () => "Bearer token-1"));
    time.now += 3_600_000 - 31_000;
    expect(await tokens.header(forever)).toBe("Bearer token-1");
    time.now += 2_000;
    expect(await tokens.header(forever)).toBe("Bearer token-2");
    const [first] = endpoint.asked;
    expect(Object.fromEntries(first?.form ?? [])).toEqual({
      grant_type: "client_credentials",
      scope: "customers",
      audience: "crm",
    });
    const pair = Buffer.from(`tieline:${encodeURIComponent(SECRET)}`).toString("base64");
    expect(first?.authorization).toBe(`Basic ${pair}`);
  });

  it("is asked for with the secret in the form where the endpoint wants that", async () => {
    const { tokens, endpoint } = await setup({ send: "body" });
    await tokens.header(forever);
    expect(endpoint.asked[0]?.authorization).toBeUndefined();
    expect(endpoint.asked[0]?.form.get("client_secret")).toBe(SECRET);
  });

  it("of which nobody says how long it is good is kept for some minutes only", async () => {
    const { tokens, endpoint, time } = await setup();
    endpoint.life = undefined;
    await tokens.header(forever);
    time.now += 300_000;
    expect(await tokens.header(forever)).toBe("Bearer token-2");
  });

  it("that is refused is not used again; a newer one is not thrown away for it", async () => {
    const { tokens } = await setup();
    const first = await tokens.header(forever);
    tokens.refused(first);
    expect(await tokens.header(forever)).toBe("Bearer token-2");
    tokens.refused(first);
    expect(await tokens.header(forever)).toBe("Bearer token-2");
  });

  it("that is not given says why, by whose fault, and without the secret", async () => {
    const { endpoint, failure } = await setup();
    endpoint.answers.push(
      { status: 401, body: `{"error":"invalid_client","error_description":"${SECRET}"}` },
      { status: 429, body: "", retryAfter: "7" },
      { status: 503, body: "" },
      { status: 200, body: "<html>login</html>" },
    );
    const refused = await failure();
    expect(refused).toMatchObject({ code: "TL_TARGET_ACCESS" });
    expect(refused.describe()).toContain("401 (invalid_client)");
    expect(await failure()).toMatchObject({ code: "TL_TARGET_BUSY", retryAfter: 7_000 });
    expect(await failure()).toMatchObject({ code: "TL_TARGET_BUSY" });
    const page = await failure();
    expect(page).toMatchObject({ code: "TL_TARGET_ACCESS" });
    for (const error of [refused, page])
      expect(JSON.stringify([error.message, error.cure])).not.toContain(SECRET);
    await endpoint.close();
    expect(await failure()).toMatchObject({ code: "TL_TARGET_UNAVAILABLE" });
  });

  it("is asked for over TLS, or on this machine", () => {
    const open = (url: string) => () => oauthTokens({ url, client: "c", secret: "s" }, () => 0);
    expect(open("http://login.example.com/token")).toThrow("must begin with https://");
    expect(open("https://user:pw@login.example.com/token")).toThrow("must not hold a password");
    expect(open("login")).toThrow("is not an absolute URL");
    expect(open("https://login.example.com/token")).not.toThrow();
  });
});

describe("a sink with client credentials", () => {
  const delivery: Outgoing = { id: "m-1.out", sequence: 1, key: "K", body: { key: "K" }, attempt: 1 };

  async function sinkOf() {
    const { endpoint, options } = await setup();
    const target = await startTarget();
    closing.push(() => target.close());
    const settings = { url: target.url, idempotent: false, oauth: options };
    const sink = httpSink(settings, { system: "crm", now: () => 1_000_000 });
    closing.push(() => sink.close());
    const send = () =>
      sink.send(delivery, forever).then(
        ({ answer }) => answer,
        (error: unknown) => (error instanceof HubError ? error.code : String(error)),
      );
    return {
      endpoint,
      target,
      send,
      seen: () => target.requests.map(({ headers }) => headers["authorization"]),
    };
  }

  it("sends the token, and a new one at once when it is refused", async () => {
    const { target, send, seen, endpoint } = await sinkOf();
    expect(await send()).toBe("200");
    target.answer({ status: 401 });
    expect(await send()).toBe("200");
    expect(seen()).toEqual(["Bearer token-1", "Bearer token-1", "Bearer token-2"]);
    expect(endpoint.asked).toHaveLength(2);
  });

  it("does not try for ever where the new one is refused too", async () => {
    const { target, send, seen } = await sinkOf();
    target.always({ status: 401 });
    expect(await send()).toBe("TL_TARGET_ACCESS");
    expect(seen()).toEqual(["Bearer token-1", "Bearer token-2"]);
  });
});
