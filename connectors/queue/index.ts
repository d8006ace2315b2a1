import { defineConnector, HubError, type Source } from "tieline/connector";
import { broker, endConnection } from "./broker.ts";
import { consume } from "./consume.ts";
import { sourceFailure } from "./failure.ts";
import { placeOf, speaksStomp } from "./place.ts";
import { type PublishSink, publish } from "./publish.ts";
import { type PublishOptions, type QueueOptions, QueueSettings } from "./settings.ts";
import { stompBroker } from "./stomp-broker.ts";
import { stompConsume } from "./stomp-consume.ts";
import { stompPublish } from "./stomp-publish.ts";

/** What both protocols have in common. */
interface Ways {
  consume(options: NonNullable<QueueOptions["consume"]>[string]): Source;
  publish(name: string, options: PublishOptions): PublishSink;
  check(): Promise<void>;
}

export default defineConnector({
  name: "queue",
  description: "A message broker that speaks AMQP 0-9-1 or STOMP 1.2, such as RabbitMQ or ActiveMQ",
  settings: QueueSettings,
  open: (settings, context) => {
    const dir = context.dir ?? ".";
    const ways = speaksStomp(placeOf(settings)) ? stompWays(settings, dir) : amqpWays(settings, dir);
    const sources = Object.entries(settings.consume ?? {}).map(
      ([name, options]) => [name, ways.consume(options)] as const,
    );
    const sinks: Record<string, PublishSink> = {};
    for (const [name, options] of Object.entries(settings.publish ?? {}))
      sinks[name] = ways.publish(name, options);
    return {
      sources: Object.fromEntries(sources),
      sinks,
      check: () => ways.check().catch((error: unknown) => Promise.reject(sourceFailure(error))),
      async close() {
        for (const sink of Object.values(sinks)) await sink.close();
      },
    };
  },
});

function amqpWays(settings: QueueOptions, dir: string): Ways {
  const place = broker(settings, dir);
  return {
    consume: (options) => consume(place, options),
    publish(name, options) {
      if (options.routingKey === undefined || options.destination !== undefined)
        throw wrongTarget(name, "routingKey", "AMQP");
      return publish(place, options.routingKey, options);
    },
    async check() {
      await endConnection(await place.connect());
    },
  };
}

function stompWays(settings: QueueOptions, dir: string): Ways {
  const place = stompBroker(settings, dir);
  return {
    consume: (options) => stompConsume(place, options),
    publish(name, options) {
      const { destination, exchange, routingKey } = options;
      if (destination === undefined || exchange !== undefined || routingKey !== undefined)
        throw wrongTarget(name, "destination", "STOMP");
      return stompPublish(place, destination, options);
    },
    check: async () => (await place.connect()).close(),
  };
}

function wrongTarget(name: string, wanted: string, protocol: string): HubError {
  return new HubError("TL_CONFIG_INVALID", `publish.${name} does not say where by \`${wanted}\``, {
    cure: `With ${protocol} a target is named by \`${wanted}\`: see the README of the connector.`,
  });
}
