import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { PushedItem } from "../connector/contract.ts";
import type { Admission } from "../control/engine.ts";
import { atIndex, HubError } from "../errors.ts";
import { decodeText } from "../format/encoding.ts";
import { type DoorFlow, eventOf, keyOf } from "./door-flow.ts";
import { requireMediaType } from "./door-media-type.ts";
import { headerText } from "./problem.ts";

const LONGEST_IDEMPOTENCY_KEY = 256;

/** What is known of a request before its body. */
export type Requested = Pick<IncomingMessage, "method" | "url" | "headers">;

/** What a request brought, judged by its source and its flow. */
export interface Received {
  readonly items: readonly Admission[];
  /** It came as a batch, however many items that has: the answer tells of each. */
  readonly batch: boolean;
}

/**
 * @param most items that one request may bring
 * @throws HubError when the source or the flow refuses it; of a batch, with `atIndex`
 */
export function receive(flow: DoorFlow, request: Requested, body: Buffer, most: number): Received {
  const { method = "", url = "", headers } = request;
  const asked = { method, url, headers: flatHeaders(headers), body };
  const items = flow.source.receiveBatch?.(asked) ?? null;
  if (items === null) {
    const item = flow.source.receive(asked);
    return { items: [admissionOf(flow, item, body, headers, idempotencyKey)], batch: false };
  }
  if (items.length > most) {
    throw new HubError("TL_BODY_TOO_LARGE", `the batch has more than ${most} items`, {
      cure: `Have the sender put at most ${most} into one request.`,
    });
  }
  const last = items.length - 1;
  const admissions = items.map((item, index): Admission => {
    try {
      // An Idempotency-Key would name the request, and with it all of its items alike.
      const admission = admissionOf(flow, item, body, headers, () => null);
      return index < last ? { ...admission, withNext: true } : admission;
    } catch (thrown) {
      throw atIndex(thrown, index);
    }
  });
  return { items: admissions, batch: true };
}

function admissionOf(
  flow: DoorFlow,
  item: PushedItem,
  received: Uint8Array,
  headers: IncomingHttpHeaders,
  otherEvent: (headers: IncomingHttpHeaders) => string | null,
): Admission {
  const untouched = item.body === received;
  const contentType = headers["content-type"] ?? null;
  if (untouched && contentType !== null) requireMediaType(flow, contentType);
  const value = flow.format.decode(decodeText(item.body, flow.format.encoding));
  return {
    flow: flow.id,
    flowVersion: flow.version,
    body: item.body,
    contentType: untouched ? contentType : (flow.format.mediaTypes[0] ?? null),
    headers: item.headers ?? null,
    key: keyOf(flow, value),
    event: flow.definition.event === null ? (item.event ?? otherEvent(headers)) : eventOf(flow, value),
    traceparent: headerText(headers["traceparent"]) ?? null,
  };
}

function idempotencyKey(headers: IncomingHttpHeaders): string | null {
  const key = headerText(headers["idempotency-key"]);
  if (key === undefined) return null;
  if (key === "" || key.length > LONGEST_IDEMPOTENCY_KEY) {
    throw new HubError("TL_USAGE", `Idempotency-Key has 1 to ${LONGEST_IDEMPOTENCY_KEY} characters`);
  }
  return key;
}

/** Node joins what is repeated to one text, all but `set-cookie`, which no request has. */
function flatHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  if (headers["set-cookie"] === undefined) return headers as Readonly<Record<string, string>>;
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headerText(headers[name]);
    if (value !== undefined) flat[name] = value;
  }
  return flat;
}
