import { randomBytes } from "node:crypto";
import { type ConfirmChannel, connect } from "amqplib";
import { tcpProxy } from "../fakes/tcp-proxy.ts";
import { rabbitmq } from "../peers/rabbitmq.ts";
import type { Crossing, LineKind } from "./crossing.ts";
import { lineFaults } from "./crossing-faults.ts";
import type { FaultRun } from "./fault.ts";
import type { Happening } from "./producer.ts";
import { until } from "./wait.ts";

/** Messages that the target's queue takes before it says no. */
const ROOM = 100;
const ROUTING_KEY = "note";
const FAULTS = ["F01", "F05", "F20", "F21", "F22", "F24", "F25", "F27"];

/** What belongs to one run at the broker. */
interface Names {
  /** The queue that the hub reads. */
  readonly in: string;
  /** The exchange that it publishes to, and the queue behind that. */
  readonly exchange: string;
  readonly out: string;
}

/** How each protocol says the same. */
interface Speaking {
  readonly url: (env: Readonly<Record<string, string>>) => URL;
  readonly from: (names: Names) => object;
  readonly to: (names: Names) => object;
}

const AMQP: Speaking = {
  url: (env) => new URL(env["TIELINE_PEER_URL"] ?? ""),
  from: (names) => ({ queue: names.in, prefetch: 20 }),
  to: ({ exchange }) => ({ exchange, routingKey: ROUTING_KEY }),
};

const STOMP: Speaking = {
  url: (env) => new URL(env["TIELINE_PEER_STOMP"] ?? ""),
  from: (names) => ({ queue: `/amq/queue/${names.in}`, prefetch: 20 }),
  to: ({ exchange }) => ({ destination: `/exchange/${exchange}/${ROUTING_KEY}` }),
};

const amqp: LineKind = {
  name: "AMQP",
  peer: "RabbitMQ by AMQP",
  faults: [...FAULTS, "F23"],
  bytes: 1_500,
  deadAfter: 60,
  open: (run, idempotent) => openQueues(run, AMQP, idempotent),
};

const stomp: LineKind = {
  name: "STOMP",
  peer: "RabbitMQ by STOMP",
  faults: FAULTS,
  bytes: 1_500,
  deadAfter: 60,
  strict: true,
  open: (run, idempotent) => openQueues(run, STOMP, idempotent),
};

export const QUEUE_FAULTS = [amqp, stomp].flatMap(lineFaults);

/** A real broker, with a queue that is read and an exchange that is published to. */
async function openQueues(run: FaultRun, speaking: Speaking, idempotent: boolean): Promise<Crossing> {
  const { env } = await run.peer(rabbitmq);
  const password = env["TIELINE_PEER_PASSWORD"] ?? "";
  const { hostname, port } = new URL(env["TIELINE_PEER_URL"] ?? "");
  // Producer and target, who have lines of their own.
  const others = await connect({ hostname, port: Number(port), username: "hub", password });
  const channel = await others.createConfirmChannel();
  const tag = randomBytes(4).toString("hex");
  const names = { in: `in-${tag}`, exchange: `notes-${tag}`, out: `out-${tag}` };
  await channel.assertQueue(names.in, { durable: true });
  const full = { "x-max-length": ROOM, "x-overflow": "reject-publish" };
  await channel.assertQueue(names.out, { durable: true, arguments: full });
  const target = await targetOf(channel, names);

  const url = speaking.url(env);
  const line = await tcpProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(line.port);
  const at = { url: url.href, password: `\${env:PEER_PASSWORD}` };
  const given: Happening[] = [];
  const give = async (notes: readonly Happening[]): Promise<void> => {
    for (const note of notes) {
      const properties = { persistent: true, messageId: note.id, contentType: "application/json" };
      channel.sendToQueue(names.in, Buffer.from(JSON.stringify(note)), properties);
    }
    await channel.waitForConfirms();
  };
  return {
    connector: "queue",
    line,
    env: { PEER_PASSWORD: password },
    from: {
      settings: { ...at, consume: { in: speaking.from(names) } },
      reads: ["in"],
      deaths: ["before_collect", "after_collect"],
      async put(notes) {
        given.push(...notes);
        await give(notes);
      },
      async again() {
        await give(given);
        return given.length;
      },
      left: async () => (await channel.checkQueue(names.in)).messageCount,
    },
    to: {
      settings: { ...at, publish: { out: { ...speaking.to(names), idempotent } } },
      idempotent,
      took: target.took,
      loseAnswer: (note) => line.cutAt(`"${note}"`, "answer"),
      async deny() {
        await target.unmake();
        return target.make;
      },
      busy: target.busy,
    },
    async close() {
      await line.close();
      await target.unmake();
      for (const name of [names.in, names.out]) await channel.deleteQueue(name);
      await others.close();
    },
  };
}

/** Whoever reads what the hub published, at once and in order. */
async function targetOf(channel: ConfirmChannel, { exchange, out }: Names) {
  const took: string[] = [];
  const make = async (): Promise<void> => {
    await channel.assertExchange(exchange, "direct", { durable: true });
    await channel.bindQueue(out, exchange, ROUTING_KEY);
  };
  const read = (): Promise<{ readonly consumerTag: string }> =>
    channel.consume(
      out,
      (message) => {
        if (message === null || message.fields.routingKey !== ROUTING_KEY) return;
        took.push((JSON.parse(message.content.toString()) as { id: string }).id);
      },
      { noAck: true },
    );
  await make();
  let reading = await read();
  return {
    make,
    unmake: async () => void (await channel.deleteExchange(exchange)),
    async took() {
      await until(async () => (await channel.checkQueue(out)).messageCount === 0);
      // What was handed over before the answer to that has come before it.
      return [...took];
    },
    async busy() {
      await channel.cancel(reading.consumerTag);
      for (let left = ROOM; left > 0; left -= 1)
        channel.sendToQueue(out, Buffer.from("full"), { persistent: true });
      await channel.waitForConfirms();
      return async () => {
        reading = await read();
      };
    },
  };
}
