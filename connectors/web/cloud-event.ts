import { createHash } from "node:crypto";
import {
  atIndex,
  HubError,
  isObject,
  type Json,
  type JsonObject,
  jsonItems,
  mediaType,
  type PushRequest,
} from "tieline/connector";
import { utf8 } from "./utf8.ts";

/** An event, whatever way it came. */
export interface CloudEvent {
  /** The event in its JSON form (CloudEvents JSON Event Format 1.0.2). */
  readonly body: Uint8Array;
  /** `source` and `id` together name the happening (CloudEvents 1.0.2, "id"). */
  readonly event: string;
}

const LONGEST_NAME = 255;
const STRUCTURED = "application/cloudevents+json";
const BATCH = "application/cloudevents-batch+json";
/** Attributes in text; extensions have names of the same form. */
const NAME = /^[a-z0-9]{1,40}$/;
const REQUIRED = ["id", "source", "type"] as const;

/**
 * Reads an event in structured or binary mode. Structured events are stored as they came, binary ones in the JSON form, so
 * that a mapping sees one shape.
 * @throws HubError TL_DECODE_FAILED, TL_MEDIA_TYPE, TL_ENCODING_INVALID
 */
export function readCloudEvent(request: PushRequest): CloudEvent {
  if (mediaType(request) === STRUCTURED) {
    const value = parse(utf8(request.body));
    return { body: request.body, event: nameOf(structured(value)) };
  }
  const event = binary(request);
  return { body: Buffer.from(JSON.stringify(event)), event: nameOf(event) };
}

/** Whether the request is in batched mode: then it holds any number of events, also none. */
export function isBatch(request: PushRequest): boolean {
  return mediaType(request) === BATCH;
}

/**
 * Reads the events of a request in batched mode, in their order, each stored as it stands in the array.
 * @throws HubError TL_DECODE_FAILED, TL_ENCODING_INVALID; of an event that is none, with its index
 */
export function readBatch({ body }: PushRequest): readonly CloudEvent[] {
  const values = parse(utf8(body));
  if (!Array.isArray(values)) {
    throw new HubError("TL_DECODE_FAILED", "the batch is not a JSON array of events", {
      cure: `Send an event that is by itself as ${STRUCTURED}.`,
    });
  }
  return jsonItems(body).map((item, index) => {
    try {
      return { body: item, event: nameOf(structured(values[index] ?? null)) };
    } catch (thrown) {
      throw atIndex(thrown, index);
    }
  });
}

/**
 * A URI reference holds no blank, so one stands between it and the id. What is long is named by its hash.
 * @throws HubError TL_DECODE_FAILED when it is no event
 */
function nameOf(event: JsonObject): string {
  requireAttributes(event);
  const name = `${String(event["source"])} ${String(event["id"])}`;
  return name.length <= LONGEST_NAME ? name : `sha256:${createHash("sha256").update(name).digest("hex")}`;
}

function structured(value: Json): JsonObject {
  if (!isObject(value)) throw new HubError("TL_DECODE_FAILED", "the event is not a JSON object");
  if (value["data"] !== undefined && value["data_base64"] !== undefined)
    throw new HubError("TL_DECODE_FAILED", "the event has both `data` and `data_base64`");
  return value;
}

function binary(request: PushRequest): JsonObject {
  const attributes: Record<string, string> = {};
  for (const [header, value] of Object.entries(request.headers)) {
    const name = header.startsWith("ce-") ? header.slice(3) : "";
    if (name === "data" || name === "datacontenttype" || !NAME.test(name)) continue;
    attributes[name] = fromHeader(value, name);
  }
  const type = request.headers["content-type"];
  return {
    ...attributes,
    ...(type === undefined ? {} : { datacontenttype: type }),
    ...(request.body.byteLength === 0 ? {} : dataOf(mediaType(request), request.body)),
  };
}

function dataOf(type: string, bytes: Uint8Array): JsonObject {
  if (type === "application/json" || type.endsWith("+json")) return { data: parse(utf8(bytes)) };
  if (type.startsWith("text/") || type.endsWith("xml")) return { data: utf8(bytes) };
  return { data_base64: Buffer.from(bytes).toString("base64") };
}

/** Headers hold what is not printable ASCII as percent codes of UTF-8 (HTTP binding, 3.1.3.2). */
function fromHeader(value: string, name: string): string {
  try {
    return decodeURIComponent(value.replace(/%(?![0-9A-Fa-f]{2})/g, "%25").replace(/^"(.*)"$/, "$1"));
  } catch {
    throw new HubError("TL_DECODE_FAILED", "a header's percent codes are not UTF-8", {
      place: { field: `ce-${name}` },
    });
  }
}

function requireAttributes(event: JsonObject): void {
  if (event["specversion"] !== "1.0") {
    throw new HubError("TL_DECODE_FAILED", "it is no CloudEvent of version 1.0", {
      cure: `Send specversion 1.0, id, source and type: in JSON (${STRUCTURED}), or as headers (ce-specversion: 1.0, …).`,
    });
  }
  for (const name of REQUIRED) {
    const value = event[name];
    if (typeof value !== "string" || value.trim() === "" || value.length > 1_024)
      throw new HubError("TL_DECODE_FAILED", "an attribute that every event needs is missing", {
        place: { field: name },
      });
  }
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // The engine's message quotes the text, so it is not passed on.
    throw new HubError("TL_DECODE_FAILED", "the event is not JSON");
  }
}
