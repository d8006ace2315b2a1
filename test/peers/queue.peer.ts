import { type Channel, type ChannelModel, connect } from "amqplib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { broker } from "../../connectors/queue/broker.ts";
import queue from "../../connectors/queue/index.ts";
import { publish } from "../../connectors/queue/publish.ts";
import type { QueueOptions } from "../../connectors/queue/settings.ts";
import type { Outgoing, System, Tell } from "../../src/connector/contract.ts";
import { HubError } from "../../src/errors.ts";
import type { Exchange } from "../../src/message/exchange.ts";
import { type TcpProxy, tcpProxy } from "../fakes/tcp-proxy.ts";
import type { TestEngine } from "../flow/setup.ts";
import { hubReading, until } from "./reading-hub.ts";

const URL_OF_PEER = process.env["TIELINE_PEER_URL"] ?? "";
const PASSWORD = process.env["TIELINE_PEER_PASSWORD"] ?? "";

/** Others who use the broker, beside the connector. */
let others: ChannelModel;
let channel: Channel;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const { hostname, port } = new URL(URL_OF_PEER);
  others = await connect({ hostname, port: Number(port), username: "hub", password: PASSWORD });
  channel = await others.createChannel();
  await channel.assertQueue("orders", { durable: true });
  await channel.assertExchange("crm", "topic", { durable: true });
  await channel.assertQueue("copies", { durable: true });
  await channel.bindQueue("copies", "crm", "customer.*");
});
beforeEach(async () => {
  await channel.purgeQueue("orders");
  await channel.purgeQueue("copies");
});
afterAll(async () => {
  for (const close of closing) await close();
  await others.close();
});

function open(over: Partial<QueueOptions> = {}): System {
  const settings: QueueOptions = {
    url: URL_OF_PEER,
    password: PASSWORD,
    consume: { orders: { queue: "orders", prefetch: 50 } },
    publish: {
      customer: { exchange: "crm", routingKey: "customer.changed", idempotent: true },
      nowhere: { exchange: "crm", routingKey: "nobody.listens", idempotent: true },
      none: { exchange: "no-such-exchange", routingKey: "x", idempotent: true },
    },
  };
  const system = queue.open({ ...settings, ...over }, { system: "mq", now: () => Date.now() });
  closing.push(() => system.close());
  return system;
}

/** A line that can be broken, and the URL that leads over it. */
async function lineToPeer(): Promise<readonly [TcpProxy, string]> {
  const url = new URL(URL_OF_PEER);
  const line = await tcpProxy({ host: url.hostname, port: Number(url.port) });
  closing.push(() => line.close());
  url.port = String(line.port);
  return [line, url.href];
}

async function hubOn(system: System): Promise<TestEngine> {
  const hub = await hubReading({ flow: "orders", system: "mq", read: "orders", key: "n" }, system);
  closing.unshift(() => hub.dispose());
  return hub;
}

const left = async () => (await channel.checkQueue("orders")).messageCount;
const countOf = (hub: TestEngine) => hub.sql.get<{ n: number }>("SELECT count(*) AS n FROM message")?.n ?? 0;

function order(n: number, content = `{"n":${n}}`): void {
  const properties = { persistent: true, messageId: `o-${n}`, contentType: "application/json" };
  channel.sendToQueue("orders", Buffer.from(content), properties);
}

describe("a queue that is read", () => {
  test("gives its messages, and has none left when they are stored; one that is wrong is parked", async () => {
    const hub = await hubOn(open());
    for (let n = 0; n < 500; n += 1) order(n);
    order(500, "{broken");
    await until(() => countOf(hub) === 501);
    await until(async () => (await left()) === 0);
    await hub.settled();
    expect(hub.sql.all("SELECT failure ->> 'code' AS code, event FROM message WHERE state = 4")).toEqual([
      { code: "TL_DECODE_FAILED", event: "o-500" },
    ]);
    const { source } = (await hub.engine.status()).flows[0] ?? {};
    expect(source).toMatchObject({ name: "mq.orders", kind: "listen", state: "connected", collected: 501 });
    await hub.dispose();
    closing.shift();
  });

  test("I1: a hub that stops in the middle and starts again loses and doubles nothing", async () => {
    for (let n = 0; n < 2_000; n += 1) order(n);
    const hub = await hubOn(open({ consume: { orders: { queue: "orders", prefetch: 20 } } }));
    for (let stop = 0; stop < 3; stop += 1) {
      const before = countOf(hub);
      await until(() => countOf(hub) > before);
      await hub.restart();
    }
    await until(() => countOf(hub) >= 2_000);
    await until(async () => (await left()) === 0);
    expect(hub.sql.get("SELECT count(*) AS n, count(DISTINCT key) AS keys FROM message")).toEqual({
      n: 2_000,
      keys: 2_000,
    });
    await hub.dispose();
    closing.shift();
  });

  test("that is not there is a matter of the settings", async () => {
    const source = open({ consume: { orders: { queue: "no-such-queue" } } }).sources["orders"];
    if (source?.kind !== "listen") throw new Error("no source");
    const desk = { cursor: () => null, connected: () => undefined, take: async () => undefined };
    await expect(source.listen(desk, new AbortController().signal)).rejects.toMatchObject({
      code: "TL_SOURCE_REFUSED",
    });
  });

  test("an item that the hub could not store goes back to the queue", async () => {
    const source = open().sources["orders"];
    if (source?.kind !== "listen") throw new Error("no source");
    order(1);
    const take = () => Promise.reject(new HubError("TL_STORE_FAILED", "no"));
    const desk = { cursor: () => null, connected: () => undefined, take };
    await expect(source.listen(desk, new AbortController().signal)).rejects.toThrow();
    await until(async () => (await left()) === 1);
  });
});

test("a source whose line breaks while it is being ended ends, and can be listened to again", async () => {
  const [line, url] = await lineToPeer();
  const source = open({ url }).sources["orders"];
  if (source?.kind !== "listen") throw new Error("no source");
  order(1);
  const cut = line.cutAt("Cheers", "request");
  const take = () => Promise.reject(new HubError("TL_STORE_FAILED", "no"));
  const desk = { cursor: () => null, connected: () => undefined, take };
  await expect(source.listen(desk, new AbortController().signal)).rejects.toThrow();
  await cut;
});

describe("messages that are published", () => {
  let told: Exchange[] = [];
  const send = (sink: string, id = "m-1.mq", system = open()): Promise<string> => {
    const delivery: Outgoing = { id, sequence: 7, key: "K", body: { key: "K" }, attempt: 1 };
    told = [];
    const tell: Tell = (one) => void told.push(one);
    const sent = system.sinks[sink]?.send(delivery, new AbortController().signal, tell);
    return (sent ?? Promise.reject(new Error("no sink"))).then(
      ({ answer }) => answer,
      (error: unknown) => (error instanceof HubError ? error.code : String(error)),
    );
  };

  test("are confirmed when they lie in a queue, with the delivery's id and sequence", async () => {
    expect(await send("customer")).toBe("confirmed");
    const got = await channel.get("copies", { noAck: true });
    if (got === false) throw new Error("nothing came");
    expect(got.content.toString()).toBe('{"key":"K"}');
    expect(got.properties).toMatchObject({
      messageId: "m-1.mq",
      deliveryMode: 2,
      headers: { "tieline-sequence": 7 },
    });
    const fields = { "message-id": "m-1.mq", "content-type": "application/json", "tieline-sequence": "7" };
    const sent = { line: "publish to crm by customer.changed", fields, body: "delivery" };
    expect(told).toEqual([{ sent, answered: { line: "ack" } }]);
  });

  test("that no queue takes are not said to be sent", async () => {
    expect(await send("nowhere")).toBe("TL_TARGET_ACCESS");
    expect(told.map(({ answered }) => answered)).toEqual([{ line: "return" }]);
  });

  test.each([
    [true, "TL_TARGET_UNAVAILABLE"],
    [false, "TL_IN_DOUBT"],
  ])("whose confirmation is cut off may have arrived: idempotent %s gives %s", async (idempotent, code) => {
    const [line, url] = await lineToPeer();
    const customer = { exchange: "crm", routingKey: "customer.changed", idempotent };
    const system = open({ url, publish: { customer } });
    const cut = line.cutAt('{"key":"K"}', "answer");
    const [sent] = await Promise.all([send("customer", "m-1.mq", system), cut]);
    expect(sent).toBe(code);
    expect(told.map(({ answered }) => answered)).toEqual([undefined]);
    await until(async () => (await channel.checkQueue("copies")).messageCount === 1);
    line.mend();
    expect(await send("customer", "m-2.mq", system)).toBe("confirmed");
  });

  test("to an exchange that is not there stop the route, and the next connection works", async () => {
    const system = open();
    expect(await send("none", "m-1.mq", system)).toBe("TL_TARGET_ACCESS");
    expect(await send("customer", "m-2.mq", system)).toBe("confirmed");
  });
});

test("after one that ended a connection is made once", async () => {
  const [line, url] = await lineToPeer();
  // The end of one connection comes while the next is being made.
  line.slow(100);
  const place = broker({ url, password: PASSWORD }, ".");
  let made = 0;
  const counted = {
    connect: () => {
      made += 1;
      return place.connect();
    },
  };
  await channel.assertExchange("gone", "fanout");
  const sink = publish(counted, "x", { exchange: "gone", routingKey: "x", idempotent: true });
  closing.push(() => sink.close());
  await channel.deleteExchange("gone");
  const delivery: Outgoing = { id: "m-1.mq", sequence: 1, key: "K", body: {}, attempt: 1 };
  const send = () => sink.send(delivery, new AbortController().signal);
  await expect(send()).rejects.toMatchObject({ code: "TL_TARGET_ACCESS" });
  await channel.assertExchange("gone", "fanout");
  await channel.bindQueue("copies", "gone", "");
  for (let n = 0; n < 5; n += 1) await send();
  await channel.deleteExchange("gone");
  expect(made).toBe(2);
});

test("a connection is tested, and says what is wrong", async () => {
  await expect(open().check()).resolves.toBeUndefined();
  await expect(open({ password: "another" }).check()).rejects.toMatchObject({ code: "TL_SOURCE_ACCESS" });
  await expect(open({ url: `${URL_OF_PEER}/no-such-host` }).check()).rejects.toBeInstanceOf(HubError);
});
