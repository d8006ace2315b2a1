import { HubError, isObject, type JsonObject, mediaType, type PushRequest } from "tieline/connector";
import { multipartFields } from "./multipart.ts";
import { utf8 } from "./utf8.ts";

const MOST_FIELDS = 200;

export interface FormFields {
  readonly fields: JsonObject;
  /** What to store: JSON as it came, a form as a JSON object. */
  readonly body: Uint8Array;
}

/**
 * Reads the fields of a post. A field that comes several times becomes a list.
 * @throws HubError TL_DECODE_FAILED, TL_ENCODING_INVALID, TL_MEDIA_TYPE
 */
export function formFields(request: PushRequest): FormFields {
  const type = mediaType(request);
  if (type === "multipart/form-data") {
    return written(multipartFields(request));
  }
  const text = utf8(request.body);
  if (type === "application/x-www-form-urlencoded") {
    return written([...new URLSearchParams(text)]);
  }
  return { fields: parseObject(text), body: request.body };
}

function written(pairs: readonly (readonly [string, string])[]): FormFields {
  if (pairs.length > MOST_FIELDS)
    throw new HubError("TL_DECODE_FAILED", `the form has more than ${MOST_FIELDS} fields`);
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  const fields = Object.fromEntries(
    [...values].map(([name, all]) => [name, all.length === 1 ? all[0]! : all]),
  );
  return { fields, body: Buffer.from(JSON.stringify(fields)) };
}

function parseObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The engine's message quotes the text, so it is not passed on.
    throw new HubError("TL_DECODE_FAILED", "the body is not JSON");
  }
  if (!isObject(value)) throw new HubError("TL_DECODE_FAILED", "the body is not a JSON object of fields");
  return value;
}
