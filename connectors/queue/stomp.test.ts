import { afterEach, describe, expect, it } from "vitest";
import type { CollectedItem, ListenDesk, Outgoing, System, Tell } from "../../src/connector/contract.ts";
import { HubError } from "../../src/errors.ts";
import type { Exchange } from "../../src/message/exchange.ts";
import { describeConnector } from "../../test/conformance/connector.ts";
import {
  type Answer,
  CONNECTED,
  type FakeStomp,
  receiptOf,
  startStomp,
} from "../../test/fakes/stomp-broker.ts";
import queue from "./index.ts";
import type { QueueOptions } from "./settings.ts";

const NOBODY = "stomp://hub@127.0.0.1:1";

describeConnector("queue", queue, {
  settings: () => ({
    url: NOBODY,
    password: "secret",
    consume: { orders: { queue: "/queue/orders", prefetch: 10 } },
    publish: { customer: { destination: "/queue/customers", idempotent: true } },
  }),
  wrongSettings: [
    { url: "stomps://mq.example" },
    { url: NOBODY, largest: 10 },
    { url: NOBODY, publish: { out: { destination: "", idempotent: true } } },
  ],
  listens: ["orders"],
  deadSinks: { customer: { id: "1" } },
  unreachable: "TL_SOURCE_UNAVAILABLE",
});

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function fake(answer: Answer, over: Partial<QueueOptions> = {}) {
  const broker = await startStomp((frame, n) =>
    frame.startsWith("CONNECT\n") ? CONNECTED : answer(frame, n),
  );
  closing.push(() => broker.close());
  return { broker, system: open(broker, over) };
}

function open({ port }: Pick<FakeStomp, "port">, over: Partial<QueueOptions> = {}): System {
  const settings: QueueOptions = {
    url: `stomp://hub@127.0.0.1:${port}`,
    password: "secret",
    consume: { orders: { queue: "/queue/orders" } },
    publish: {
      sure: { destination: "/queue/out", idempotent: true },
      once: { destination: "/queue/out", idempotent: false },
    },
  };
  const system = queue.open({ ...settings, ...over }, { system: "mq", now: () => Date.now() });
  closing.push(() => system.close());
  return system;
}

/** Listens until `count` items came or the connection ended. */
async function listen(system: System, count: number, take = async (): Promise<void> => undefined) {
  const source = system.sources["orders"];
  if (source?.kind !== "listen") throw new Error("no source");
  const stop = new AbortController();
  const items: CollectedItem[] = [];
  const desk: ListenDesk = {
    cursor: () => null,
    connected: () => undefined,
    async take(more) {
      items.push(...more);
      await take();
      if (items.length >= count) stop.abort();
    },
  };
  const ended = await source.listen(desk, stop.signal).then(
    () => "ended",
    (error: unknown) => (error instanceof HubError ? error.code : String(error)),
  );
  return { items, ended };
}

const message = (n: number, more = "") =>
  `MESSAGE\nsubscription:0\nmessage-id:ID\\c${n}\nack:a${n}\ndestination:/queue/orders\n${more}\n{"n":${n}}\0`;
const onSubscribe =
  (then: string): Answer =>
  (frame) =>
    receiptOf(frame) + (frame.startsWith("SUBSCRIBE") ? then : "");

describe("a destination that is read", () => {
  it("is subscribed to with one acknowledgement for each, given after the commit", async () => {
    const { broker, system } = await fake(onSubscribe(message(1) + message(2)));
    const { items, ended } = await listen(system, 2, async () => {
      expect(broker.frames.some((frame) => frame.startsWith("ACK"))).toBe(false);
    });
    expect(ended).toBe("ended");
    expect(items.map(({ event }) => event)).toEqual(["ID:1", "ID:2"]);
    expect(broker.frames.find((frame) => frame.startsWith("SUBSCRIBE"))).toContain("ack:client-individual");
    expect(broker.frames.filter((frame) => frame.startsWith("ACK"))).toEqual([
      "ACK\nid:a1\n\n",
      "ACK\nid:a2\n\n",
    ]);
    expect(broker.frames.at(-1)).toContain("DISCONNECT");
  });

  it("has a message without a message-id stored, as one that nothing names", async () => {
    const { system } = await fake(onSubscribe("MESSAGE\nack:a1\n\n{}\0"));
    const { items } = await listen(system, 1);
    expect(items).toEqual([{ body: Buffer.from("{}"), headers: {} }]);
  });

  it("is told of no acknowledgement, and of no refusal, when the hub could not store", async () => {
    const { broker, system } = await fake(onSubscribe(message(1)));
    const { ended } = await listen(system, 9, () => Promise.reject(new HubError("TL_STORE_FAILED", "no")));
    expect(ended).toBe("TL_STORE_FAILED");
    expect(broker.frames.filter((frame) => /^N?ACK/.test(frame))).toEqual([]);
  });

  it.each([
    ["a message that cannot be acknowledged", "MESSAGE\nmessage-id:1\n\n{}\0", "TL_SOURCE_REFUSED"],
    ["a message beyond the limit", `MESSAGE\nack:1\ncontent-length:2000\n\n`, "TL_SOURCE_REFUSED"],
    ["a malformed frame", "MESSAGE\nack:\\x\n\n{}\0", "TL_SOURCE_UNAVAILABLE"],
    ["an ERROR frame", "ERROR\nmessage:the journal is full\n\n\0", "TL_SOURCE_UNAVAILABLE"],
    ["an ERROR frame of rights", "ERROR\nmessage:hub is not authorized to read\n\n\0", "TL_SOURCE_ACCESS"],
    ["an ERROR frame of names", "ERROR\nmessage:not_found\n\n\0", "TL_SOURCE_REFUSED"],
    ["a frame for brokers", "SEND\n\n\0", "TL_SOURCE_UNAVAILABLE"],
  ])("ends the connection on %s, and quotes nothing of it", async (_, then, code) => {
    const { system } = await fake(onSubscribe(then), { largest: 1_024 });
    expect(await listen(system, 1)).toEqual({ items: [], ended: code });
  });

  it("is not read further than may lie in memory, whatever the broker makes of prefetching", async () => {
    const many = Array.from({ length: 400 }, (_, n) => message(n, `pad:${"x".repeat(4_000)}\n`)).join("");
    const { system } = await fake(onSubscribe(many), { consume: { orders: { queue: "/q", prefetch: 2 } } });
    let [open, most] = [0, 0];
    const { items } = await listen(system, 400, async () => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
    });
    expect(items).toHaveLength(400);
    // What one packet brought is taken whole.
    expect(most).toBeLessThan(100);
  });
});

describe("what answers at the place of a broker", () => {
  it.each([
    ["HTTP", "HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n", "TL_SOURCE_REFUSED"],
    [
      "STOMP of another version",
      "ERROR\nversion:1.0\nmessage:Supported versions are 1.0\n\n\0",
      "TL_SOURCE_REFUSED",
    ],
    [
      "a refusal of the user",
      "ERROR\nmessage:User name [hub] or password is invalid.\n\n\0",
      "TL_SOURCE_ACCESS",
    ],
  ])("is judged: %s", async (_, said, code) => {
    const broker = await startStomp(() => said);
    closing.push(() => broker.close());
    const failure = await open(broker)
      .check()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code });
    expect(String(failure)).not.toContain("[hub]");
  });
});

describe("messages that are sent", () => {
  const send = async (system: System, sink: string, key = "K", tell?: Tell): Promise<string> => {
    const delivery: Outgoing = { id: "m-1.mq", sequence: 7, key, body: { key }, attempt: 1 };
    const sent = system.sinks[sink]?.send(delivery, new AbortController().signal, tell);
    return (sent ?? Promise.reject(new Error("no sink"))).then(
      ({ answer }) => answer,
      (error: unknown) => (error instanceof HubError ? error.code : String(error)),
    );
  };

  it("are there when their receipt is, and bear id, sequence and the key as their group", async () => {
    const { broker, system } = await fake(receiptOf);
    expect(await send(system, "sure")).toBe("receipt");
    const [head, body] = (broker.frames[1] ?? "").split("\n\n");
    expect(body).toBe('{"key":"K"}');
    expect(head?.split("\n")).toEqual(
      expect.arrayContaining(["tieline-id:m-1.mq", "tieline-sequence:7", "JMSXGroupID:K", "persistent:true"]),
    );
  });

  it("are told as the frame that was sent, and the receipt", async () => {
    const { system } = await fake(receiptOf);
    const told: Exchange[] = [];
    await send(system, "sure", "K", (one) => void told.push(one));
    expect(told).toMatchObject([
      {
        sent: { line: "SEND /queue/out", fields: { "tieline-id": "m-1.mq" }, body: "delivery" },
        answered: { line: "RECEIPT" },
      },
    ]);
  });

  it("begin no header with what a key holds", async () => {
    const { broker, system } = await fake(receiptOf);
    expect(await send(system, "sure", "K\ndestination:/queue/evil\n\nx")).toBe("receipt");
    expect(broker.frames[1]).toContain("\nJMSXGroupID:K\\ndestination\\c/queue/evil\\n\\nx\n");
    expect(await send(system, "sure", "K\0")).toBe("TL_TARGET_REFUSED");
    expect(await send(system, "sure")).toBe("receipt");
    expect(broker.connections()).toBe(1);
  });

  it.each([
    ["ends the connection", null, "TL_TARGET_UNAVAILABLE", "TL_IN_DOUBT"],
    ["has no room", "ERROR\nmessage:full\n\n\0", "TL_TARGET_UNAVAILABLE", "TL_IN_DOUBT"],
    ["allows none", "ERROR\nmessage:access_refused\n\n\0", "TL_TARGET_ACCESS", "TL_TARGET_ACCESS"],
    [
      "takes not this one",
      "ERROR\nreceipt-id:r-1\nmessage:bad\n\n\0",
      "TL_TARGET_REFUSED",
      "TL_TARGET_REFUSED",
    ],
  ])(
    "without a receipt, since the broker %s, are judged, and the next connects anew",
    async (_, said, sure, once) => {
      const { system } = await fake((frame, n) =>
        n < 3 && frame.startsWith("SEND") ? said : receiptOf(frame),
      );
      expect(await send(system, "sure")).toBe(sure);
      expect(await send(system, "once")).toBe(once);
      expect([await send(system, "sure"), await send(system, "once")]).toEqual(["receipt", "receipt"]);
    },
  );
});

describe("settings of a broker that speaks STOMP", () => {
  it("are refused where a target is named as AMQP names it, and the other way round", () => {
    const target = { idempotent: true, routingKey: "x" };
    expect(() => open({ port: 1 }, { publish: { out: target } })).toThrow("`destination`");
    const amqp = { url: "amqp://hub@127.0.0.1:1", publish: { out: { idempotent: true, destination: "/q" } } };
    expect(() => open({ port: 1 }, amqp)).toThrow("`routingKey`");
    expect(() => open({ port: 1 }, { password: "a\nb" })).toThrow("line break");
  });
});
