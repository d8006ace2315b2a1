import { defineConnector } from "tieline/connector";
import { broker, sourceFailure } from "./broker.ts";
import { consume } from "./consume.ts";
import { type PublishSink, publish } from "./publish.ts";
import { QueueSettings } from "./settings.ts";

export default defineConnector({
  name: "queue",
  description: "A message broker that speaks AMQP 0-9-1, such as RabbitMQ",
  settings: QueueSettings,
  open: (settings, context) => {
    const place = broker(settings, context.dir ?? ".");
    const sources = Object.entries(settings.consume ?? {}).map(
      ([name, options]) => [name, consume(place, options)] as const,
    );
    const sinks: Record<string, PublishSink> = {};
    for (const [name, options] of Object.entries(settings.publish ?? {}))
      sinks[name] = publish(place, options);
    return {
      sources: Object.fromEntries(sources),
      sinks,
      async check() {
        try {
          const connection = await place.connect();
          await connection.close().catch(() => undefined);
        } catch (error) {
          throw sourceFailure(error);
        }
      },
      async close() {
        for (const sink of Object.values(sinks)) await sink.close();
      },
    };
  },
});
