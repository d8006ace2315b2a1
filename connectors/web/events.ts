import {
  HubError,
  keepHeaders,
  type PushSource,
  requirePost,
  requireSize,
  type Static,
  sameSecret,
  secret,
  Type,
} from "tieline/connector";
import { readCloudEvent } from "./cloud-event.ts";

const LIMIT_BYTES = 1024 * 1024;

/** The settings of one address that takes events. */
export const EventsSettings = Type.Object(
  {
    token: secret({
      description: "The sender proves itself with it, as `Authorization: Bearer …`",
      minLength: 16,
    }),
    limit: Type.Optional(
      Type.Integer({
        description: "Largest body in bytes",
        minimum: 1,
        maximum: 104_857_600,
        default: LIMIT_BYTES,
      }),
    ),
  },
  { additionalProperties: false, description: "CloudEvents 1.0 over HTTP" },
);

/** Events of one sender. `source` and `id` name the happening: what is sent again has one effect. */
export function events(options: Static<typeof EventsSettings>): PushSource {
  const limit = options.limit ?? LIMIT_BYTES;
  return {
    kind: "push",
    limit,
    receive(request) {
      requirePost(request);
      requireSize(request, limit);
      const bearer = /^Bearer +(\S+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
      if (!sameSecret(bearer ?? "", options.token)) {
        throw new HubError("TL_UNAUTHORIZED", "the token of these events is missing or wrong", {
          cure: "Send it as `Authorization: Bearer …`.",
        });
      }
      return { ...readCloudEvent(request), headers: keepHeaders(request, ["content-type", "traceparent"]) };
    },
    sign: () => ({
      "content-type": "application/cloudevents+json",
      authorization: `Bearer ${options.token}`,
    }),
  };
}
