import { type Static, Type } from "@sinclair/typebox";
import { secret } from "./define.ts";

/** The settings of one webhook, for a connector's `settings`. */
export const WebhookSettings = Type.Object(
  {
    scheme: Type.Union(
      [Type.Literal("standard"), Type.Literal("stripe"), Type.Literal("hex"), Type.Literal("base64")],
      {
        description:
          "How the sender signs: Standard Webhooks, Stripe's scheme, or an HMAC-SHA256 as hex or base64 in `header`",
      },
    ),
    secrets: Type.Array(
      secret({
        description: "Signing secret as the sender shows it",
        minLength: 8,
      }),
      {
        description: "One secret, or two while the sender changes from one to the other",
        minItems: 1,
        maxItems: 2,
      },
    ),
    header: Type.Optional(
      Type.String({
        description: "Header that holds the signature; needed for hex and base64",
        minLength: 1,
      }),
    ),
    prefix: Type.Optional(
      Type.String({
        description: 'What stands before the signature, such as "sha256="; hex and base64 only',
      }),
    ),
    timestampHeader: Type.Optional(
      Type.String({
        description:
          "Header with the time of sending, seconds or milliseconds since 1970; hex and base64 only",
      }),
    ),
    content: Type.Optional(
      Type.String({
        description:
          'The signed text for hex and base64, with {body} and, if signed too, {timestamp} and {id} (the eventHeader); default "{timestamp}.{body}" with a timestampHeader, else "{body}"',
      }),
    ),
    eventHeader: Type.Optional(
      Type.String({
        description: "Header that names the happening, such as Idempotency-Key; then it is required",
      }),
    ),
    tolerance: Type.Optional(
      Type.Integer({
        description: "How far the time of sending may be from now, in milliseconds",
        minimum: 1000,
        maximum: 3_600_000,
        default: 300_000,
      }),
    ),
    mediaTypes: Type.Optional(
      Type.Array(Type.String({ description: "A media type without parameters" }), {
        description: "Content types taken",
        minItems: 1,
        default: ["application/json"],
      }),
    ),
    limit: Type.Optional(
      Type.Integer({
        description: "Largest body in bytes",
        minimum: 1,
        maximum: 104_857_600,
        default: 1_048_576,
      }),
    ),
  },
  { additionalProperties: false, description: "One webhook" },
);

export type WebhookOptions = Static<typeof WebhookSettings>;
