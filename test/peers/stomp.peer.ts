import { afterEach, describe, expect, test } from "vitest";
import queue from "../../connectors/queue/index.ts";
import type { QueueOptions } from "../../connectors/queue/settings.ts";
import { stompBroker } from "../../connectors/queue/stomp-broker.ts";
import type { Frame } from "../../connectors/queue/stomp-frame.ts";
import type { StompLine } from "../../connectors/queue/stomp-line.ts";
import type { Outgoing, System } from "../../src/connector/contract.ts";
import { HubError } from "../../src/errors.ts";
import { tcpProxy } from "../fakes/tcp-proxy.ts";
import type { TestEngine } from "../flow/setup.ts";
import { hubReading, until } from "./reading-hub.ts";

const URL_OF_PEER = process.env["TIELINE_PEER_STOMP"] ?? "";
const PASSWORD = process.env["TIELINE_PEER_PASSWORD"] ?? "";
const nameOf = (name: string): string => `/queue/${name}`;
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

function open(queueName: string, over: Partial<QueueOptions> = {}): System {
  const settings: QueueOptions = {
    url: URL_OF_PEER,
    password: PASSWORD,
    consume: { orders: { queue: nameOf(queueName), prefetch: 50 } },
    publish: { customer: { destination: nameOf(queueName), idempotent: true } },
  };
  const system = queue.open({ ...settings, ...over }, { system: "mq", now: () => Date.now() });
  closing.push(() => system.close());
  return system;
}

async function line(onMessage?: (frame: Frame) => void): Promise<StompLine> {
  const made = await stompBroker({ url: URL_OF_PEER, password: PASSWORD }, ".").connect(onMessage);
  closing.push(() => made.close());
  return made;
}

async function fill(queueName: string, bodies: readonly string[]): Promise<void> {
  const sender = await line();
  const headers = { destination: nameOf(queueName), persistent: "true", "content-type": "application/json" };
  await Promise.all(
    bodies.map((body, n) =>
      sender.confirmed("SEND", { ...headers, "amqp-message-id": `o-${n}` }, Buffer.from(body)),
    ),
  );
}

/** Takes what lies in a queue, in its order, until `count` came. */
async function drain(queueName: string, count: number): Promise<readonly Frame[]> {
  const frames: Frame[] = [];
  let tell: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const reader = await line((frame) => {
    frames.push(frame);
    reader.write("ACK", { id: frame.headers.get("ack") ?? "" });
    if (frames.length >= count) tell();
  });
  await reader.confirmed("SUBSCRIBE", { id: "0", destination: nameOf(queueName), ack: "client-individual" });
  await all;
  return frames;
}

async function hubOn(system: System): Promise<TestEngine> {
  const hub = await hubReading({ flow: "orders", system: "mq", read: "orders", key: "n" }, system);
  closing.push(() => hub.dispose());
  return hub;
}

const counts = (hub: TestEngine) =>
  hub.sql.get<{ n: number; keys: number }>("SELECT count(*) AS n, count(DISTINCT key) AS keys FROM message");
const orders = (n: number) => Array.from({ length: n }, (_, index) => `{"n":${index}}`);

describe("a destination that is read", () => {
  test("gives its messages, none is left when they are stored, and one that is wrong is parked", async () => {
    const hub = await hubOn(open("first"));
    await fill("first", [...orders(300), "{broken"]);
    await until(() => counts(hub)?.n === 301);
    await hub.settled();
    expect(hub.sql.all("SELECT failure ->> 'code' AS code FROM message WHERE state = 4")).toEqual([
      { code: "TL_DECODE_FAILED" },
    ]);
    const { source } = (await hub.engine.status()).flows[0] ?? {};
    expect(source).toMatchObject({ name: "mq.orders", kind: "listen", state: "connected", collected: 301 });
  });

  test("I1: a hub that stops in the middle and starts again loses and doubles nothing", async () => {
    await fill("second", orders(1_000));
    const hub = await hubOn(
      open("second", { consume: { orders: { queue: nameOf("second"), prefetch: 20 } } }),
    );
    for (let stop = 0; stop < 3; stop += 1) {
      const before = counts(hub)?.n ?? 0;
      await until(() => (counts(hub)?.n ?? 0) > before);
      await hub.restart();
    }
    await until(() => (counts(hub)?.keys ?? 0) >= 1_000);
    expect(counts(hub)).toEqual({ n: 1_000, keys: 1_000 });
  });

  test("is connected to again when the network breaks, and what was not acknowledged comes once more", async () => {
    const url = new URL(URL_OF_PEER);
    const proxy = await tcpProxy({ host: url.hostname, port: Number(url.port) });
    closing.push(() => proxy.close());
    url.port = String(proxy.port);
    const hub = await hubOn(open("third", { url: url.href }));
    await fill("third", orders(100));
    await until(() => counts(hub)?.n === 100);
    proxy.cut();
    proxy.mend();
    await fill("third", orders(200).slice(100));
    await until(() => (counts(hub)?.keys ?? 0) >= 200);
    expect(counts(hub)?.keys).toBe(200);
  });

  test("an item that the hub could not store goes back to the queue", async () => {
    await fill("fourth", orders(1));
    const source = open("fourth").sources["orders"];
    if (source?.kind !== "listen") throw new Error("no source");
    const take = () => Promise.reject(new HubError("TL_STORE_FAILED", "no"));
    const desk = { cursor: () => null, connected: () => undefined, take };
    await expect(source.listen(desk, new AbortController().signal)).rejects.toThrow();
    const [again] = await drain("fourth", 1);
    expect(again?.body.toString()).toBe('{"n":0}');
  });

  test("stays connected while nothing comes for longer than three beats", async () => {
    const quiet = await line();
    const ended = await Promise.race([
      quiet.ended.then(() => "ended"),
      new Promise((resolve) => setTimeout(resolve, 35_000, "alive")),
    ]);
    expect(ended).toBe("alive");
    await quiet.confirmed("SEND", { destination: nameOf("fifth") }, Buffer.from("x"));
  });
});

describe("messages that are sent", () => {
  test("lie in the queue in the order of their key when they are confirmed, with id and sequence", async () => {
    const sink = open("sixth").sinks["customer"];
    for (let sequence = 1; sequence <= 20; sequence += 1) {
      const key = "Müller: a\\b\r\nevil:x";
      const delivery: Outgoing = { id: `m-${sequence}.mq`, sequence, key, body: { sequence }, attempt: 1 };
      expect(await sink?.send(delivery, new AbortController().signal)).toEqual({ answer: "receipt" });
    }
    const frames = await drain("sixth", 20);
    expect(frames.map(({ body }) => JSON.parse(body.toString()).sequence)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
    const headers = Object.fromEntries(frames[0]?.headers ?? []);
    expect(headers).toMatchObject({ "tieline-id": "m-1.mq", "tieline-sequence": "1" });
    expect(headers).not.toHaveProperty("evil");
  });

  test("of one key go to one of several who read", async ({ skip }) => {
    const came: number[] = [];
    const readers = await Promise.all(
      [0, 1].map(async (who) => {
        const reader: StompLine = await line((frame) => {
          came.push(who);
          reader.write("ACK", { id: frame.headers.get("ack") ?? "" });
        });
        const one = { id: "0", destination: nameOf("groups"), ack: "client-individual" };
        await reader.confirmed("SUBSCRIBE", { ...one, "activemq.prefetchSize": "1" });
        return reader;
      }),
    );
    if (!readers[0]?.server.startsWith("ActiveMQ")) skip("this broker knows no groups of messages");
    const sink = open("groups").sinks["customer"];
    for (let sequence = 1; sequence <= 20; sequence += 1)
      await sink?.send(
        { id: `g-${sequence}.mq`, sequence, key: "K", body: {}, attempt: 1 },
        new AbortController().signal,
      );
    await until(() => came.length === 20);
    expect(new Set(came).size).toBe(1);
  });
});

test("a connection is tested, and says what is wrong", async () => {
  await expect(open("seventh").check()).resolves.toBeUndefined();
  const wrong = open("seventh", { password: "another" }).check();
  await expect(wrong).rejects.toMatchObject({ code: "TL_SOURCE_ACCESS" });
});
