import { type Static, Type } from "@sinclair/typebox";
import { secret } from "./define.ts";
import { OAuthSettings } from "./oauth-settings.ts";

/** The settings of one HTTP endpoint a connector sends to. */
export const HttpSettings = Type.Object(
  {
    url: Type.String({ description: "Where the target takes the request; http or https", minLength: 1 }),
    method: Type.Optional(
      Type.Union([Type.Literal("POST"), Type.Literal("PUT"), Type.Literal("PATCH")], {
        description: "HTTP method",
        default: "POST",
      }),
    ),
    idempotent: Type.Boolean({
      description:
        "True when the target recognises Idempotency-Key or Tieline-Sequence and does nothing the second time; false parks a request that got no answer",
    }),
    token: Type.Optional(secret({ description: "Sent as `Authorization: Bearer …`", minLength: 1 })),
    user: Type.Optional(Type.String({ description: "User name for basic authentication", minLength: 1 })),
    password: Type.Optional(secret({ description: "Password for basic authentication", minLength: 1 })),
    oauth: Type.Optional(OAuthSettings),
    signingSecret: Type.Optional(
      secret({
        description: "Signs each request as Standard Webhooks 1.0 does; `whsec_…` or plain",
        minLength: 8,
      }),
    ),
    headers: Type.Optional(
      Type.Record(Type.String(), Type.String({ description: "Value of the header" }), {
        description: "Further headers, without secrets",
      }),
    ),
    timeout: Type.Optional(
      Type.Integer({
        description: "Longest wait for the connection, the answer's head and its body, each; milliseconds",
        minimum: 100,
        maximum: 120_000,
        default: 10_000,
      }),
    ),
    success: Type.Optional(
      Type.Object(
        {
          status: Type.Optional(
            Type.Array(Type.Integer({ description: "HTTP status", minimum: 400, maximum: 499 }), {
              description: 'Further statuses that mean the target has it, such as 409 for "already there"',
            }),
          ),
          json: Type.Optional(
            Type.Boolean({ description: "The answer's body must be JSON", default: false }),
          ),
          field: Type.Optional(
            Type.String({
              description: 'Field of the JSON body that tells success, such as "result.ok"',
              minLength: 1,
            }),
          ),
          equals: Type.Optional(
            Type.Union(
              [
                Type.String({ description: "A text" }),
                Type.Number({ description: "A number" }),
                Type.Boolean({ description: "True or false" }),
              ],
              { description: "Value of `field` that means success", default: true },
            ),
          ),
        },
        { additionalProperties: false, description: "What counts as success besides a 2xx status" },
      ),
    ),
    concurrency: Type.Optional(
      Type.Integer({ description: "Requests under way at once", minimum: 1, maximum: 64, default: 4 }),
    ),
  },
  { additionalProperties: false, description: "One HTTP endpoint" },
);

export type HttpOptions = Static<typeof HttpSettings>;
