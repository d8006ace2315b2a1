import { scan } from "secure-json-parse";
import { HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import { mayHoldInexactNumber, quoteInexactNumbers } from "./exact-number.ts";
import { findJsonFault, isTooDeep, MAX_DEPTH } from "./json-scan.ts";
import { asBuffer, lineAndColumn, utf8Text } from "./text.ts";

/**
 * Parses one JSON text (RFC 8259) as received. Of repeated names the last counts, as the RFC permits. Numbers that a
 * double cannot hold stay text.
 * @throws HubError TL_DECODE_FAILED with line and column, TL_TOO_DEEP beyond 64 levels, TL_ENCODING_INVALID
 */
export function parseJson(utf8: Uint8Array): Json {
  const bytes = asBuffer(utf8);
  if (isTooDeep(bytes)) {
    throw new HubError("TL_TOO_DEEP", `nested deeper than ${MAX_DEPTH} levels`);
  }
  const text = utf8Text(bytes);
  const value = parse(text);
  if (mayPollute(text)) refusePrototypeNames(value);
  // Looking at what was parsed costs a fraction of a look at the text.
  if (!holdsNumber(value) || !mayHoldInexactNumber(text)) return value;
  const quoted = quoteInexactNumbers(text);
  return quoted === text ? value : parse(quoted);
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    const fault = findJsonFault(text);
    throw new HubError("TL_DECODE_FAILED", `not valid JSON: expected ${fault.expected}`, {
      place: lineAndColumn(text, fault.index),
    });
  }
}

function holdsNumber(value: Json): boolean {
  if (typeof value !== "object" || value === null) return typeof value === "number";
  return Object.values(value).some(holdsNumber);
}

/** Escaped letters could hide a name, so they count as suspicious too. */
function mayPollute(text: string): boolean {
  return text.includes("__proto__") || text.includes("constructor") || text.includes("\\u00");
}

function refusePrototypeNames(value: Json): void {
  if (typeof value !== "object" || value === null) return;
  try {
    scan(value as Record<string, Json>);
  } catch {
    throw new HubError("TL_DECODE_FAILED", "a member is named __proto__ or constructor.prototype", {
      cure: "Such names can harm programs that copy objects; rename the member at the source.",
    });
  }
}
