import { named, type Static, secret, Type } from "tieline/connector";

/** AMQP 0-9-1: a short string. */
const Short = (description: string) => Type.String({ description, minLength: 1, maxLength: 255 });

const Consume = Type.Object(
  {
    queue: Short("Queue that is read; it must be there. By STOMP its destination, such as /queue/orders"),
    prefetch: Type.Optional(
      Type.Integer({
        description: "Messages that the broker hands over before the first is acknowledged",
        minimum: 1,
        maximum: 10_000,
        default: 200,
      }),
    ),
  },
  { additionalProperties: false, description: "A queue that is read" },
);

const Publish = Type.Object(
  {
    exchange: Type.Optional(
      Type.String({
        description: "AMQP: exchange that messages go to; without it straight to a queue",
        maxLength: 255,
      }),
    ),
    routingKey: Type.Optional(Short("AMQP: routing key; without an exchange the name of the queue")),
    destination: Type.Optional(Short("STOMP: where messages go, such as /queue/customers")),
    idempotent: Type.Boolean({
      description:
        "True when whoever reads recognises the message id and does nothing the second time; false parks a message that got no confirmation",
    }),
    concurrency: Type.Optional(
      Type.Integer({
        description: "Messages that wait for their confirmation at once",
        minimum: 1,
        maximum: 256,
        default: 32,
      }),
    ),
  },
  { additionalProperties: false, description: "Where messages are published" },
);

export const QueueSettings = Type.Object(
  {
    url: Type.String({
      description:
        "amqps:// or amqp://, stomp+ssl:// or stomp://, with user, host, port and virtual host, without a password",
      pattern: "^(amqps?|stomp(\\+ssl)?)://",
    }),
    password: Type.Optional(secret({ description: "Password of the user", minLength: 1 })),
    authority: Type.Optional(
      Type.String({
        description: "PEM file of the authority that signed the broker's certificate",
        minLength: 1,
      }),
    ),
    largest: Type.Optional(
      Type.Integer({
        description:
          "STOMP: bytes of the largest message that is read; one that is larger stays in the queue",
        minimum: 1_024,
        maximum: 256 * 1024 * 1024,
        default: 16 * 1024 * 1024,
      }),
    ),
    consume: named(Consume, "Sources: queues by name"),
    publish: named(Publish, "Sinks: exchanges or destinations by name"),
  },
  { additionalProperties: false, description: "One broker" },
);

export type QueueOptions = Static<typeof QueueSettings>;
export type ConsumeOptions = Static<typeof Consume>;
export type PublishOptions = Static<typeof Publish>;
