import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { HttpOptions } from "../../src/connector/http-settings.ts";
import { type HttpSink, httpSink } from "../../src/connector/http-sink.ts";
import { signStandard } from "../../src/connector/signature.ts";
import { HubError } from "../../src/errors.ts";
import type { FakeAnswer } from "../fakes/answer.ts";
import { startTarget, type Target } from "../fakes/http-target.ts";
import { delivery, NOW } from "./http-delivery.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function open(options: Partial<HttpOptions> & { url: string }): HttpSink {
  const sink = httpSink(
    { idempotent: true, timeout: 300, ...options },
    { system: "billing", now: () => NOW },
  );
  closing.push(() => sink.close());
  return sink;
}

async function setup(options: Partial<HttpOptions> = {}): Promise<{ target: Target; sink: HttpSink }> {
  const target = await startTarget();
  closing.push(() => target.close());
  return { target, sink: open({ url: target.url, ...options }) };
}

async function outcome(sink: HttpSink, signal = new AbortController().signal): Promise<string> {
  return sink.send(delivery, signal).then(
    (sent) => sent.answer,
    (error: unknown) => (error instanceof HubError ? error.code : String(error)),
  );
}

async function failure(sink: HttpSink): Promise<HubError> {
  const error = await sink.send(delivery, new AbortController().signal).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(HubError);
  return error as HubError;
}

describe("a request", () => {
  it("carries the delivery id, the sequence, a signature and the JSON, the same on every attempt", async () => {
    const signingSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const { target, sink } = await setup({
      method: "PUT",
      token: "t0ken",
      signingSecret,
      headers: { "X-Tenant": "7" },
    });
    expect((await sink.send(delivery, new AbortController().signal)).answer).toBe("200");
    await sink.send({ ...delivery, attempt: 2 }, new AbortController().signal);
    const [first, second] = target.requests;
    expect(first?.method).toBe("PUT");
    expect(first?.path).toBe("/customers");
    expect(JSON.parse(first?.body ?? "")).toEqual(delivery.body);
    expect(first?.headers).toMatchObject({
      "content-type": "application/json",
      "idempotency-key": delivery.id,
      "webhook-id": delivery.id,
      "webhook-timestamp": String(NOW / 1000),
      "webhook-signature": signStandard(
        signingSecret,
        delivery.id,
        NOW / 1000,
        Buffer.from(first?.body ?? ""),
      ),
      "tieline-sequence": "9",
      authorization: "Bearer t0ken",
      "x-tenant": "7",
    });
    expect(second?.headers["idempotency-key"]).toBe(delivery.id);
    expect(second?.sha256).toBe(first?.sha256);
    expect([first?.effect, second?.effect]).toEqual([true, false]);
  });

  it("can authenticate with user and password", async () => {
    const { target, sink } = await setup({ user: "hub", password: "päss" });
    await outcome(sink);
    expect(target.requests[0]?.headers["authorization"]).toBe(
      `Basic ${Buffer.from("hub:päss").toString("base64")}`,
    );
  });
});

describe("F25: a status decides whose fault it is", () => {
  it.each([
    [200, "200"],
    [201, "201"],
    [202, "202"],
    [204, "204"],
    [300, "TL_TARGET_FAILED"],
    [301, "TL_TARGET_FAILED"],
    [302, "TL_TARGET_FAILED"],
    [304, "TL_TARGET_FAILED"],
    [307, "TL_TARGET_FAILED"],
    [308, "TL_TARGET_FAILED"],
    [400, "TL_TARGET_REFUSED"],
    [401, "TL_TARGET_ACCESS"],
    [403, "TL_TARGET_ACCESS"],
    [404, "TL_TARGET_REFUSED"],
    [405, "TL_TARGET_REFUSED"],
    [407, "TL_TARGET_ACCESS"],
    [408, "TL_TARGET_BUSY"],
    [409, "TL_TARGET_REFUSED"],
    [410, "TL_TARGET_REFUSED"],
    [413, "TL_TARGET_REFUSED"],
    [422, "TL_TARGET_REFUSED"],
    [425, "TL_TARGET_BUSY"],
    [429, "TL_TARGET_BUSY"],
    [500, "TL_TARGET_FAILED"],
    [502, "TL_TARGET_UNAVAILABLE"],
    [503, "TL_TARGET_BUSY"],
    [504, "TL_TARGET_UNAVAILABLE"],
    [599, "TL_TARGET_FAILED"],
  ])("%d is %s", async (status, expected) => {
    const { target, sink } = await setup();
    target.answer({ status });
    expect(await outcome(sink)).toBe(expected);
  });

  it("409 counts as done where the settings say so", async () => {
    const { target, sink } = await setup({ success: { status: [409] } });
    target.answer({ status: 409 });
    expect(await outcome(sink)).toBe("409");
  });

  it("504 leaves a request in doubt for a target that is not idempotent", async () => {
    const { target, sink } = await setup({ idempotent: false });
    target.answer({ status: 504 });
    expect(await outcome(sink)).toBe("TL_IN_DOUBT");
  });
});

describe("F23: Retry-After", () => {
  it.each([
    ["120", 120_000],
    [new Date(NOW + 90_000).toUTCString(), 90_000],
    ["Sunday, 01-Nov-26 12:01:00 GMT", 60_000],
    ["Sun Nov  1 12:01:00 2026", 60_000],
    ["315360000", 3_600_000],
    ["9".repeat(400), 3_600_000],
    ["-5", undefined],
    ["0", undefined],
    [new Date(NOW - 90_000).toUTCString(), undefined],
    ["soon", undefined],
    ["1.5", undefined],
    ["", undefined],
  ])("%j asks for %j ms", async (value, expected) => {
    const { target, sink } = await setup();
    target.answer(
      { status: 503, headers: { "retry-after": value } },
      { status: 429, headers: { "retry-after": value } },
    );
    for (let attempt = 0; attempt < 2; attempt++) {
      const error = await failure(sink);
      expect([error.code, error.retryAfter]).toEqual(["TL_TARGET_BUSY", expected]);
    }
  });
});

describe("F24: success is a rule", () => {
  const html = "<html><body>Down for maintenance</body></html>";
  const bodies: [string, FakeAnswer, string, string][] = [
    ["JSON that says ok", {}, "200", "200"],
    ["JSON that says no", { body: '{"result":"no"}' }, "200", "TL_TARGET_FAILED"],
    ["JSON without the field", { body: "{}" }, "200", "TL_TARGET_FAILED"],
    ["a JSON list", { body: "[]" }, "200", "TL_TARGET_FAILED"],
    ["HTML", { body: html, headers: { "content-type": "text/html" } }, "200", "TL_TARGET_FAILED"],
    ["an empty body", { body: "" }, "200", "TL_TARGET_FAILED"],
    ["truncated JSON", { body: '{"result":"ok"' }, "200", "TL_TARGET_FAILED"],
    ["204", { status: 204 }, "204", "TL_TARGET_FAILED"],
    ["a body that breaks off", { fault: "cut-body" }, "200", "TL_TARGET_FAILED"],
    ["a body that hangs", { fault: "hang-body" }, "200", "TL_TARGET_FAILED"],
    ["a body that never ends", { fault: "endless" }, "200", "TL_TARGET_FAILED"],
  ];
  it.each(bodies)("%s", async (_, answer, plain, strict) => {
    const { target, sink } = await setup();
    const judging = open({ url: target.url, success: { field: "result", equals: "ok" } });
    target.answer(answer, answer);
    expect(await outcome(sink)).toBe(plain);
    expect(await outcome(judging)).toBe(strict);
  });

  it("is in doubt when the body that would tell breaks off and the target is not idempotent", async () => {
    const { target, sink } = await setup({ idempotent: false, success: { json: true } });
    target.answer({ fault: "cut-body" });
    expect(await outcome(sink)).toBe("TL_IN_DOUBT");
  });

  it("a redirect is never followed, and its address not quoted", async () => {
    const elsewhere = await startTarget();
    closing.push(() => elsewhere.close());
    const { target, sink } = await setup();
    target.always({ status: 307, headers: { location: `${elsewhere.url}?secret` } });
    const error = await failure(sink);
    expect(error.describe()).toContain("Set `url`");
    expect(error.describe()).not.toContain("secret");
    expect(elsewhere.requests).toHaveLength(0);
  });

  it("errors quote neither the answer nor what was sent", async () => {
    const { target, sink } = await setup({ token: "t0ken", success: { json: true } });
    target.answer(
      { body: "Müller is unknown" },
      { status: 422, body: "Müller is unknown" },
      { fault: "malformed" },
    );
    for (let attempt = 0; attempt < 3; attempt++) {
      const text = (await failure(sink)).describe();
      expect(text).not.toMatch(/Müller|t0ken|K1/);
    }
  });
});

describe("F20 F21: no answer", () => {
  async function refusedUrl(): Promise<string> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    await new Promise((resolve) => server.close(resolve));
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`;
  }

  it.each([true, false])(
    "before a byte left, the target is unavailable (idempotent: %s)",
    async (idempotent) => {
      expect(await outcome(open({ url: await refusedUrl(), idempotent }))).toBe("TL_TARGET_UNAVAILABLE");
      expect(await outcome(open({ url: "http://no-such-host.invalid/", idempotent }))).toBe(
        "TL_TARGET_UNAVAILABLE",
      );
    },
  );

  it("a TLS handshake that fails is before a byte left", async () => {
    const { target } = await setup();
    const sink = open({ url: target.url.replace("http:", "https:"), idempotent: false });
    expect(await outcome(sink)).toBe("TL_TARGET_UNAVAILABLE");
    expect(target.requests).toHaveLength(0);
  });

  it.each<FakeAnswer["fault"]>(["hang", "cut", "malformed"])(
    "after the request left (%s), only an idempotent target may be asked again",
    async (fault) => {
      const { target, sink } = await setup();
      const once = open({ url: target.url, idempotent: false });
      target.answer({ fault: fault! }, { fault: fault! });
      expect(await outcome(sink)).toBe("TL_TARGET_UNAVAILABLE");
      expect(await outcome(once)).toBe("TL_IN_DOUBT");
      expect(target.requests.map((request) => request.effect)).toEqual([true, false]);
    },
  );

  it("an abort of a request under way is in doubt, of one not begun is not", async () => {
    const { target, sink } = await setup({ idempotent: false, timeout: 10_000 });
    const abort = new AbortController();
    target.answer({ fault: "hang" });
    const sending = outcome(sink, abort.signal);
    while (target.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    abort.abort();
    expect(await sending).toBe("TL_IN_DOUBT");
    expect(await outcome(sink, AbortSignal.abort())).toBe("TL_TARGET_UNAVAILABLE");
    expect(target.requests).toHaveLength(1);
  });

  it("check connects without sending anything", async () => {
    const { target, sink } = await setup();
    await sink.check();
    expect(target.requests).toHaveLength(0);
    await expect(open({ url: await refusedUrl() }).check()).rejects.toMatchObject({
      code: "TL_TARGET_UNAVAILABLE",
    });
  });
});

describe("options that make no endpoint", () => {
  it.each<[string, Partial<HttpOptions> & { url: string }]>([
    ["another protocol", { url: "file:///etc/passwd" }],
    ["gopher", { url: "gopher://127.0.0.1/" }],
    ["not a URL", { url: "billing.example.com" }],
    ["a password in the URL", { url: "http://user:pass@host/" }],
    ["a header of ours", { url: "http://host/", headers: { "Idempotency-Key": "1" } }],
    ["a credential among the headers", { url: "http://host/", headers: { Authorization: "x" } }],
    ["a header with a line break", { url: "http://host/", headers: { "X-A": "a\r\nX-B: b" } }],
    ["token and user", { url: "http://host/", token: "t", user: "u" }],
  ])("%s", (_, options) => {
    expect(() => open(options)).toThrow(HubError);
  });
});
