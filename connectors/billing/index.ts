import { defineConnector, HttpSettings, httpSink, Type, WebhookSettings, webhook } from "tieline/connector";

/** A billing system that posts signed webhooks and takes customers over HTTP. */
export default defineConnector({
  name: "billing",
  description: "Billing system that posts signed webhooks and takes customers over HTTP",
  settings: Type.Object(
    {
      webhooks: Type.Optional(
        Type.Record(Type.String(), WebhookSettings, {
          description: "Webhooks it posts, by the name of the source",
        }),
      ),
      endpoints: Type.Optional(
        Type.Record(Type.String(), HttpSettings, {
          description: "Endpoints it offers, by the name of the sink",
        }),
      ),
    },
    { additionalProperties: false },
  ),
  open({ webhooks = {}, endpoints = {} }, context) {
    const sources = Object.entries(webhooks).map(
      ([name, options]) => [name, webhook(options, context)] as const,
    );
    const sinks = Object.entries(endpoints).map(
      ([name, options]) => [name, httpSink(options, context)] as const,
    );
    return {
      sources: Object.fromEntries(sources),
      sinks: Object.fromEntries(sinks),
      async check() {
        for (const [, sink] of sinks) await sink.check();
      },
      async close() {
        await Promise.all(sinks.map(([, sink]) => sink.close()));
      },
    };
  },
});
