import type { ChannelModel, ConfirmChannel } from "amqplib";
import { HubError, type Outgoing, type Said, type Sent, type Sink } from "tieline/connector";
import { type Broker, endConnection, failureOf } from "./broker.ts";
import { targetFailure } from "./failure.ts";
import type { PublishOptions } from "./settings.ts";

/** Messages that wait for their confirmation at once, unless the settings say otherwise. */
export const CONCURRENCY = 32;

interface Line {
  readonly connection: ChannelModel;
  readonly channel: ConfirmChannel;
  /** Ids of messages that no queue took. */
  readonly returned: Set<string>;
  /** Told when the line ends, each once. */
  readonly ended: Set<(error: unknown) => void>;
}

export interface PublishSink extends Sink {
  close(): Promise<void>;
}

/** Publishes persistent messages; each is sent when the broker has confirmed that it has it, in a queue. */
export function publish(broker: Broker, routingKey: string, options: PublishOptions): PublishSink {
  const { exchange = "", idempotent } = options;
  let line: Promise<Line> | null = null;

  async function open(forget: () => void): Promise<Line> {
    const connection = await broker.connect();
    const channel = await connection.createConfirmChannel();
    const made: Line = { connection, channel, returned: new Set(), ended: new Set() };
    const end = (error?: unknown): void => {
      forget();
      for (const told of made.ended) told(error);
      made.ended.clear();
      void connection.close().catch(() => undefined);
    };
    channel.on("return", ({ properties }) => void made.returned.add(String(properties.messageId)));
    channel.on("error", end);
    // Before the library's own listener, which tells all who wait for their confirmation the same as a refusal does.
    channel.prependListener("close", () => end());
    connection.on("close", end);
    return made;
  }

  async function ready(): Promise<Line> {
    // One that ended may say so again when another has taken its place.
    const forget = (): void => {
      if (line === mine) line = null;
    };
    const mine: Promise<Line> = line ?? open(forget);
    line = mine;
    try {
      return await mine;
    } catch (error) {
      forget();
      throw targetFailure(error);
    }
  }

  function lost(error: unknown): unknown {
    const failure = failureOf(error);
    if (failure.fault !== "away" || idempotent) return targetFailure(failure);
    return new HubError("TL_IN_DOUBT", "the connection ended before the broker confirmed the message", {
      cause: error,
    });
  }

  return {
    idempotent,
    concurrency: options.concurrency ?? CONCURRENCY,
    async send(delivery, signal, tell) {
      const { channel, returned, ended } = await ready();
      const sent = saidOf(exchange, routingKey, delivery);
      return new Promise<Sent>((resolve, reject) => {
        const stop = (error: unknown): void => {
          ended.delete(stop);
          tell?.({ sent });
          reject(lost(error));
        };
        const give = (error: unknown): void => {
          // What no queue took comes back before it is confirmed.
          const isReturned = returned.delete(delivery.id);
          if (!ended.delete(stop)) return;
          const isRefused = error !== null && error !== undefined;
          tell?.({ sent, answered: { line: isRefused ? "nack" : isReturned ? "return" : "ack" } });
          if (isRefused) {
            reject(new HubError("TL_TARGET_BUSY", "the broker did not take the message", { cause: error }));
          } else if (isReturned) {
            const cure =
              "Bind a queue for `routingKey` to the exchange, or correct it, then resume the route.";
            reject(new HubError("TL_TARGET_ACCESS", "no queue takes messages from there", { cure }));
          } else resolve({ answer: "confirmed" });
        };
        ended.add(stop);
        signal.addEventListener("abort", () => stop(signal.reason), { once: true });
        try {
          channel.publish(exchange, routingKey, bodyOf(delivery), propertiesOf(delivery), give);
        } catch (error) {
          // The channel was closed a moment before: nothing has left.
          ended.delete(stop);
          reject(targetFailure(failureOf(error)));
        }
      });
    },
    async close() {
      const open = line;
      line = null;
      const { connection } = (await open?.catch(() => null)) ?? {};
      if (connection !== undefined) await endConnection(connection);
    },
  };
}

function saidOf(exchange: string, routingKey: string, delivery: Outgoing): Said {
  const { messageId, contentType, headers } = propertiesOf(delivery);
  return {
    line: `publish to ${exchange === "" ? "the default exchange" : exchange} by ${routingKey}`,
    fields: {
      ...{ "message-id": messageId, "content-type": contentType },
      "tieline-sequence": String(headers["tieline-sequence"]),
    },
    body: "delivery",
  };
}

function bodyOf({ body }: Outgoing): Buffer {
  return Buffer.from(JSON.stringify(body));
}

function propertiesOf({ id, sequence }: Outgoing) {
  return {
    persistent: true,
    mandatory: true,
    contentType: "application/json",
    messageId: id,
    headers: { "tieline-sequence": sequence },
  };
}
