import type { Channel, ChannelModel, ConsumeMessage } from "amqplib";
import type { CollectedItem, ListenDesk, ListenSource } from "tieline/connector";
import { type Broker, endConnection, failureOf } from "./broker.ts";
import { BrokerFailure, sourceFailure } from "./failure.ts";
import type { ConsumeOptions } from "./settings.ts";

/** Messages that are handed over before the first is acknowledged, unless the settings say otherwise. */
export const PREFETCH = 200;

/**
 * Reads a queue. A message is acknowledged when the hub has stored it, and not before; what was handed over and not
 * acknowledged when the connection ends is handed over again by the broker.
 */
export function consume(broker: Broker, options: ConsumeOptions): ListenSource {
  return {
    kind: "listen",
    async listen(desk, signal) {
      try {
        if (signal.aborted) return;
        const connection = await broker.connect();
        try {
          await read(connection, options, desk, signal);
        } finally {
          await endConnection(connection);
        }
      } catch (error) {
        if (!signal.aborted) throw sourceFailure(error);
      }
    },
  };
}

async function read(
  connection: ChannelModel,
  { queue, prefetch }: ConsumeOptions,
  desk: ListenDesk,
  signal: AbortSignal,
): Promise<void> {
  const channel = await connection.createChannel();
  const underWay = new Set<Promise<void>>();
  await new Promise<void>((resolve, reject) => {
    const broken = (error?: unknown): void => reject(failureOf(error));
    connection.on("close", broken);
    channel.on("error", broken);
    channel.on("close", () => broken());
    signal.addEventListener("abort", () => resolve(), { once: true });
    const taken = (message: ConsumeMessage | null): void => {
      if (message === null) {
        reject(new BrokerFailure("away", "the queue is gone, or its broker is moving it", null));
        return;
      }
      // Not stored: the connection ends, and with it the broker takes all back that is not acknowledged.
      const storing = store(channel, message, desk).catch(reject);
      underWay.add(storing);
      void storing.finally(() => underWay.delete(storing));
    };
    begin(channel, queue, prefetch ?? PREFETCH, taken).then(() => desk.connected(), broken);
  });
  // Told to end: what is being stored is still acknowledged.
  await Promise.all(underWay);
}

async function begin(
  channel: Channel,
  queue: string,
  prefetch: number,
  taken: (message: ConsumeMessage | null) => void,
): Promise<void> {
  await channel.checkQueue(queue);
  await channel.prefetch(prefetch);
  await channel.consume(queue, taken, { noAck: false });
}

async function store(channel: Channel, message: ConsumeMessage, desk: ListenDesk): Promise<void> {
  await desk.take([itemOf(message)]);
  channel.ack(message);
}

function itemOf({ content, properties, fields }: ConsumeMessage): CollectedItem {
  const { messageId, contentType, correlationId, type } = properties;
  const kept: Readonly<Record<string, unknown>> = {
    messageId,
    correlationId,
    type,
    routingKey: fields.routingKey,
  };
  const headers = Object.fromEntries(
    Object.entries(kept).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "",
    ),
  );
  return {
    body: content,
    headers,
    ...(typeof contentType === "string" ? { contentType } : {}),
    ...(typeof messageId === "string" && messageId !== "" ? { event: messageId } : {}),
  };
}
