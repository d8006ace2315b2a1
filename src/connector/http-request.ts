import { HubError } from "../errors.ts";
import type { Outgoing } from "./contract.ts";
import type { HttpOptions } from "./http-settings.ts";
import { signStandard } from "./signature.ts";

/** The address of an endpoint. @throws HubError TL_CONFIG_INVALID unless it is http(s) and without credentials */
export function requireUrl(text: string): URL {
  const cure = "Write it like https://billing.example.com/customers.";
  if (!URL.canParse(text)) throw new HubError("TL_CONFIG_INVALID", "`url` is not an absolute URL", { cure });
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new HubError("TL_CONFIG_INVALID", "`url` must begin with http:// or https://", { cure });
  }
  if (url.username !== "" || url.password !== "") {
    throw new HubError("TL_CONFIG_INVALID", "`url` must not hold a password", {
      cure: "Use `user` and `password`, or `token`.",
    });
  }
  return url;
}

const OWN_HEADERS =
  /^(idempotency-key|webhook-.*|tieline-.*|content-.*|authorization|host|connection|transfer-encoding|expect|te|upgrade|keep-alive)$/;

/** The headers every request of an endpoint has. @throws HubError TL_CONFIG_INVALID */
export function fixedHeaders(options: HttpOptions): Record<string, string> {
  const headers: Record<string, string> = { "content-type": "application/json", accept: "application/json" };
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    const lower = name.toLowerCase();
    if (
      !/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(lower) ||
      /[^\t\x20-\x7e]/.test(value) ||
      OWN_HEADERS.test(lower)
    ) {
      throw new HubError("TL_CONFIG_INVALID", "`headers` has a name or value that cannot be sent", {
        place: { field: name },
        cure: "Leave out headers that the hub sets itself; credentials go to `token`, or `user` and `password`.",
      });
    }
    headers[lower] = value;
  }
  if ([options.token, options.user, options.oauth].filter((one) => one !== undefined).length > 1) {
    throw new HubError("TL_CONFIG_INVALID", "`token`, `user` and `oauth` exclude each other");
  }
  if (options.token !== undefined) headers["authorization"] = `Bearer ${options.token}`;
  if (options.user !== undefined) {
    const pair = Buffer.from(`${options.user}:${options.password ?? ""}`).toString("base64");
    headers["authorization"] = `Basic ${pair}`;
  }
  return headers;
}

/** Standard Webhooks 1.0 headers, signed anew on every attempt, and the id in the name most targets look for it. */
export function deliveryHeaders(
  delivery: Outgoing,
  body: Uint8Array,
  options: HttpOptions,
  now: number,
): Record<string, string> {
  const timestamp = Math.floor(now / 1000);
  const headers: Record<string, string> = {
    "content-length": String(body.byteLength),
    "idempotency-key": delivery.id,
    "webhook-id": delivery.id,
    "webhook-timestamp": String(timestamp),
    "tieline-sequence": String(delivery.sequence),
  };
  if (delivery.traceparent !== undefined) headers["traceparent"] = delivery.traceparent;
  if (options.signingSecret !== undefined) {
    headers["webhook-signature"] = signStandard(options.signingSecret, delivery.id, timestamp, body);
  }
  return headers;
}
