import { HubError } from "../errors.ts";
import type { PushSource, SystemContext } from "./contract.ts";
import { eventId, keepHeaders, requireMediaType, requirePost, requireSize } from "./push.ts";
import {
  plainKey,
  type SignatureScheme,
  STANDARD_WEBHOOKS,
  STRIPE,
  signatureJudge,
  signRequest,
} from "./signature.ts";
import type { WebhookOptions } from "./webhook-settings.ts";

const LIMIT_BYTES = 1024 * 1024;
const TOLERANCE_MS = 300_000;
/** Standard Webhooks asks for at least 192 bits; 64 is what some old senders have, below it a secret is guessed. */
const SHORTEST_SECRET_BYTES = 8;

/**
 * A signed webhook. The signature is checked over the raw bytes before anything is read from them; the body is stored
 * untouched. The event id is `webhook-id` (Standard Webhooks) or the header `eventHeader`; a request that repeats one
 * within `tolerance` is thus a duplicate, and a later one is refused as stale.
 * @throws HubError TL_CONFIG_INVALID when the options do not make a scheme
 */
export function webhook(options: WebhookOptions, context: SystemContext): PushSource {
  const scheme = schemeOf(options);
  if (options.secrets.some((secret) => scheme.key(secret).length < SHORTEST_SECRET_BYTES)) {
    throw new HubError("TL_CONFIG_INVALID", "a signing secret is shorter than 8 bytes");
  }
  const limit = options.limit ?? LIMIT_BYTES;
  const tolerance = options.tolerance ?? TOLERANCE_MS;
  const requireSignature = signatureJudge(scheme, options.secrets, { now: context.now, tolerance });
  const mediaTypes = (options.mediaTypes ?? ["application/json"]).map((type) => type.toLowerCase());
  const eventHeader = options.eventHeader?.toLowerCase() ?? scheme.idHeader;
  return {
    kind: "push",
    limit,
    receive(request) {
      requirePost(request);
      requireSize(request, limit);
      requireSignature(request);
      requireMediaType(request, mediaTypes);
      return {
        body: request.body,
        headers: keepHeaders(request, ["content-type", "traceparent"]),
        ...(eventHeader === undefined ? {} : { event: eventId(request, eventHeader) }),
      };
    },
    sign: (body, event) => ({
      "content-type": mediaTypes[0] ?? "application/json",
      ...(eventHeader === undefined ? {} : { [eventHeader]: event }),
      ...signRequest(scheme, options.secrets[0] ?? "", event, Math.floor(context.now() / 1000), body),
    }),
  };
}

function schemeOf(options: WebhookOptions): SignatureScheme {
  if (options.scheme === "standard" || options.scheme === "stripe") {
    const extra = (["prefix", "timestampHeader", "content"] as const).find(
      (name) => options[name] !== undefined,
    );
    if (extra !== undefined) {
      throw new HubError("TL_CONFIG_INVALID", `\`${extra}\` belongs to the schemes hex and base64`);
    }
    const base = options.scheme === "standard" ? STANDARD_WEBHOOKS : STRIPE;
    return options.header === undefined ? base : { ...base, header: options.header.toLowerCase() };
  }
  if (options.header === undefined) {
    throw new HubError("TL_CONFIG_INVALID", `scheme ${options.scheme} needs \`header\``, {
      cure: "Name the header in which the sender puts the signature.",
    });
  }
  const content = contentOf(options);
  return {
    encoding: options.scheme,
    key: plainKey,
    header: options.header.toLowerCase(),
    prefix: options.prefix ?? "",
    separator: /[\s,]+/,
    content,
    ...(content.includes("{id}") && options.eventHeader !== undefined
      ? { idHeader: options.eventHeader.toLowerCase() }
      : {}),
    ...(options.timestampHeader === undefined ? {} : { timestamp: options.timestampHeader.toLowerCase() }),
  };
}

function contentOf(options: WebhookOptions): string {
  const timed = options.timestampHeader !== undefined;
  const content = options.content ?? (timed ? "{timestamp}.{body}" : "{body}");
  if (content.split("{body}").length !== 2) {
    throw new HubError("TL_CONFIG_INVALID", "`content` must hold {body} exactly once");
  }
  // A time that is not signed can be changed by whoever recorded the request, so it would prove nothing.
  if (content.includes("{timestamp}") !== timed) {
    throw new HubError("TL_CONFIG_INVALID", "`timestampHeader` and {timestamp} in `content` belong together");
  }
  if (content.includes("{id}") && options.eventHeader === undefined) {
    throw new HubError("TL_CONFIG_INVALID", "{id} in `content` needs `eventHeader`, which holds it");
  }
  return content;
}
