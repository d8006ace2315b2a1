import { HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import { exactNumber } from "./exact-number.ts";
import type { FixedField, FixedLayout } from "./fixed-layout.ts";

/**
 * The fields of one record. A field that a shorter record does not reach is blank, unless the layout sets a length.
 * @throws HubError TL_DECODE_FAILED naming the field, never its content
 */
export function decodeFixed(text: string, layout: FixedLayout): Json {
  // Code points and UTF-16 units differ only beyond the basic plane.
  const characters = /[\ud800-\udfff]/.test(text) ? Array.from(text) : undefined;
  const found = characters?.length ?? text.length;
  const wanted = layout.record?.length;
  if (wanted !== undefined && found !== wanted) {
    throw new HubError("TL_DECODE_FAILED", `expected ${wanted} characters, found ${found}`);
  }
  const nul = text.indexOf("\0");
  if (nul !== -1) {
    throw new HubError("TL_DECODE_FAILED", "a NUL byte stands in the record", {
      place: { line: 1, column: nul + 1 },
    });
  }
  const value: Record<string, Json> = {};
  for (const field of layout.fields) {
    const from = field.at - 1;
    const to = from + field.length;
    const raw = characters === undefined ? text.slice(from, to) : characters.slice(from, to).join("");
    const decoded = decodeField(raw, field);
    if (decoded !== "") value[field.name] = decoded;
    else if (field.empty === "null") value[field.name] = null;
  }
  return value;
}

function decodeField(raw: string, field: FixedField): Json {
  const { type = "text" } = field;
  if (type === "text") return trimmed(raw, field.trim ?? "right");
  const text = raw.trim();
  if (text === "") return "";
  const number = plainNumber(text, field.decimals ?? 0);
  if (number === undefined || (type === "integer" && number.includes("."))) {
    throw new HubError("TL_DECODE_FAILED", `expected ${type === "integer" ? "an integer" : "a number"}`, {
      place: { line: 1, column: field.at, field: field.name },
    });
  }
  return exactNumber(number);
}

/** The number in JSON's notation. The sign may stand before or behind, as mainframes write it. */
function plainNumber(text: string, decimals: number): string | undefined {
  const [, before = "", whole = "", fraction, behind = ""] =
    /^([+-]?)\s*(\d+)(?:\.(\d+))?([+-]?)$/.exec(text) ?? [];
  if (whole === "" || (before !== "" && behind !== "")) return undefined;
  if (fraction !== undefined && decimals > 0) return undefined;
  const digits = whole.padStart(decimals + 1, "0");
  const integer = digits.slice(0, digits.length - decimals).replace(/^0+(?=\d)/, "");
  const decimal = fraction ?? digits.slice(digits.length - decimals);
  const sign = (before + behind).includes("-") ? "-" : "";
  return decimal === "" ? sign + integer : `${sign}${integer}.${decimal}`;
}

function trimmed(text: string, trim: "both" | "left" | "right" | "none"): string {
  switch (trim) {
    case "both":
      return text.trim();
    case "left":
      return text.trimStart();
    case "right":
      return text.trimEnd();
    case "none":
      return text;
  }
}
