import { afterEach, describe, expect, it } from "vitest";
import type { Sink } from "../../src/connector/contract.ts";
import type { HttpOptions } from "../../src/connector/http-settings.ts";
import { httpSink } from "../../src/connector/http-sink.ts";
import { withholdSecrets } from "../../src/connector/withhold-secrets.ts";
import type { Exchange } from "../../src/message/exchange.ts";
import type { FakeAnswer } from "../fakes/answer.ts";
import { startTarget, type Target } from "../fakes/http-target.ts";
import { delivery, NOW } from "./http-delivery.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A sink as the hub has it. */
async function setup(
  options: Partial<HttpOptions> = {},
  secrets: readonly string[] = [],
): Promise<{ readonly target: Target; readonly sink: Sink }> {
  const target = await startTarget();
  closing.push(() => target.close());
  const own = httpSink(
    { url: target.url, idempotent: true, timeout: 300, ...options },
    { system: "billing", now: () => NOW },
  );
  closing.push(() => own.close());
  const system = { sources: {}, sinks: { own }, check: async () => undefined, close: async () => undefined };
  const sink = withholdSecrets(system, secrets).sinks["own"];
  return { target, sink: sink as Sink };
}

/** All that was told, of an attempt that may fail. */
async function told(sink: Sink, signal = AbortSignal.timeout(5_000)): Promise<readonly Exchange[]> {
  const all: Exchange[] = [];
  await sink.send(delivery, signal, (exchange) => void all.push(exchange)).catch(() => undefined);
  return all;
}

const sent = (target: Target): Exchange["sent"] => ({
  line: `POST ${target.url}`,
  fields: {
    ...{ "content-type": "application/json", accept: "application/json" },
    ...{ "idempotency-key": delivery.id, "webhook-id": delivery.id, "tieline-sequence": "9" },
    "webhook-timestamp": String(NOW / 1000),
  },
  body: "delivery",
});

describe("what an HTTP sink tells", () => {
  it("the request as the target saw it, and the answer", async () => {
    const { target, sink } = await setup();
    target.answer({ status: 201, headers: { "x-request-id": "7f" }, body: '{"id":12}' });
    const [exchange, ...more] = await told(sink);
    expect(more).toEqual([]);
    expect(exchange?.sent).toEqual(sent(target));
    expect(target.requests[0]?.headers).toMatchObject(exchange?.sent.fields ?? {});
    expect(target.requests[0]?.body).toBe(JSON.stringify(delivery.body));
    expect(exchange?.answered).toMatchObject({
      line: "201",
      fields: { "content-type": "application/json", "x-request-id": "7f" },
      body: { text: '{"id":12}', size: 9 },
    });
    expect(exchange?.answered?.fields).not.toHaveProperty("connection");
    expect(exchange?.answered?.fields).not.toHaveProperty("date");
  });

  it("what the target said when it refuses", async () => {
    const { target, sink } = await setup();
    target.answer({ status: 422, headers: { "content-type": "text/plain" }, body: "name: zu kurz – §7" });
    const [exchange] = await told(sink);
    expect(exchange?.answered).toMatchObject({ line: "422", body: { text: "name: zu kurz – §7", size: 21 } });
  });

  it.each<[string, FakeAnswer]>([
    ["silence", { fault: "hang" }],
    ["a connection that is cut", { fault: "cut" }],
    ["what is no HTTP", { fault: "malformed" }],
  ])("%s as no answer", async (_, answer) => {
    const { target, sink } = await setup();
    target.answer(answer);
    expect(await told(sink)).toEqual([{ sent: sent(target) }]);
  });

  it("the beginning of an answer that breaks off", async () => {
    const { target, sink } = await setup();
    target.answer({ status: 500, fault: "cut-body", body: "0123456789" });
    expect((await told(sink))[0]?.answered).toMatchObject({
      line: "500",
      body: { text: "01234", size: null },
    });
  });

  it("no more than the beginning of an answer without end", async () => {
    const { target, sink } = await setup();
    target.answer({ status: 500, fault: "endless" });
    const body = (await told(sink))[0]?.answered?.body;
    if (body === undefined || body === "delivery") throw new Error("no body");
    expect(body.size).toBeNull();
    expect(body.text.length).toBeGreaterThanOrEqual(64 * 1024);
    expect(body.text.length).toBeLessThan(1024 * 1024);
  });

  it("no body where there was none", async () => {
    const { target, sink } = await setup();
    target.answer({ status: 204 });
    expect((await told(sink))[0]?.answered).not.toHaveProperty("body");
  });

  it("nothing, where it makes no sense, and the delivery goes on", async () => {
    const told: unknown[] = [];
    const wrong = [{ sent: { line: 7 } }, { sent: { line: "x", fields: { n: 1 } } }, {}, null];
    const own: Sink = {
      idempotent: true,
      async send(_delivery, _signal, tell) {
        for (const one of wrong) tell?.(one as never);
        return { answer: "taken" };
      },
    };
    const system = {
      sources: {},
      sinks: { own },
      check: async () => undefined,
      close: async () => undefined,
    };
    const sink = withholdSecrets(system, []).sinks["own"];
    const sent = sink?.send(delivery, AbortSignal.timeout(5_000), (one) => void told.push(one));
    expect(await sent).toEqual({ answer: "taken" });
    expect(told).toEqual([]);
  });

  it("nothing of its secrets, also where the target repeats them", async () => {
    const secrets = { token: "s3cret-token", signingSecret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" };
    const { target, sink } = await setup(
      { ...secrets, headers: { "x-api-key": "k3y-of-the-hub" } },
      Object.values(secrets),
    );
    await told(sink);
    const [{ headers } = { headers: {} }] = target.requests;
    const signature = String((headers as Record<string, string>)["webhook-signature"]);
    const body = JSON.stringify({ seen: headers });
    target.answer({ status: 401, headers: { "set-cookie": "sid=4711", "x-echo": signature }, body });
    const text = JSON.stringify(await told(sink));
    for (const secret of [...Object.values(secrets), signature, "k3y-of-the-hub", "sid=4711"])
      expect(text).not.toContain(secret);
    expect(text).toContain("Bearer •••");
  });
});
