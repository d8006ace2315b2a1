import {
  HubError,
  keepHeaders,
  type PushRequest,
  type PushSource,
  requirePost,
  requireSize,
  type Static,
  sameSecret,
  secret,
  Type,
} from "tieline/connector";
import { isBatch, readBatch, readCloudEvent } from "./cloud-event.ts";

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
  const requireSender = (request: PushRequest): void => {
    requirePost(request);
    requireSize(request, limit);
    const bearer = /^Bearer +(\S+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
    if (!sameSecret(bearer ?? "", options.token)) {
      throw new HubError("TL_UNAUTHORIZED", "the token of these events is missing or wrong", {
        cure: "Send it as `Authorization: Bearer …`.",
      });
    }
  };
  const kept = (request: PushRequest) => keepHeaders(request, ["content-type", "traceparent"]);
  return {
    kind: "push",
    limit,
    receive(request) {
      requireSender(request);
      return { ...readCloudEvent(request), headers: kept(request) };
    },
    receiveBatch(request) {
      if (!isBatch(request)) return null;
      requireSender(request);
      const headers = kept(request);
      return readBatch(request).map((event) => ({ ...event, headers }));
    },
    sign: () => ({
      "content-type": "application/cloudevents+json",
      authorization: `Bearer ${options.token}`,
    }),
  };
}
