import { HubError, type Issue } from "../errors.ts";
import type { Json, JsonObject } from "../message/json.ts";
import { checkLayout, type FixedField } from "./fixed-layout.ts";
import { refused } from "./write-refusal.ts";

/** Records of fixed width as they are written; `fields` are those of a layout that is read. */
export interface FixedWriteOptions {
  readonly fields: readonly FixedField[];
  /** Characters of a record; default: where the last field ends. */
  readonly length?: number;
  /** A WHATWG label; default utf-8. */
  readonly encoding?: string;
  /** Default crlf; none where each record has its length and nothing stands between two. */
  readonly newline?: "crlf" | "lf" | "none";
  /** What stands before a number; default blanks, and zeros where its decimals are not marked by a point. */
  readonly numbers?: "zeros" | "blanks";
}

/** What stands behind a record. */
export const FIXED_ENDS = { crlf: "\r\n", lf: "\n", none: "" };

/**
 * A writer of records, each with its line end.
 * @throws HubError TL_CONFIG_INVALID when fields overlap, or are wrong as a layout that is read would be
 */
export function fixedWriter(options: FixedWriteOptions): (record: JsonObject, index: number) => string {
  const fields = checkFields(options);
  const known = new Set(fields.map(({ name }) => name));
  const last = fields.at(-1);
  const length = options.length ?? (last === undefined ? 0 : last.at + last.length - 1);
  const end = FIXED_ENDS[options.newline ?? "crlf"];
  return (record, index) => {
    if (Object.keys(record).some((field) => !known.has(field)))
      throw refused(index, "has a field that is none of the layout");
    let line = "";
    let at = 0;
    for (const field of fields) {
      line += " ".repeat(field.at - 1 - at) + written(record[field.name], field, options.numbers, index);
      at = field.at - 1 + field.length;
    }
    return line + " ".repeat(length - at) + end;
  };
}

/** In the order of their places. */
function checkFields({ fields, length }: FixedWriteOptions): readonly FixedField[] {
  checkLayout({ ...(length === undefined ? {} : { record: { length } }), fields });
  const ordered = fields.toSorted((left, right) => left.at - right.at);
  const issues: Issue[] = [];
  for (const [index, { name, at }] of ordered.entries()) {
    const before = ordered[index - 1];
    if (before !== undefined && before.at + before.length > at)
      issues.push({ place: { field: name }, message: `${name} begins before ${before.name} ends` });
  }
  if (issues.length > 0) {
    const text = issues.map(({ message }) => message).join("; ");
    throw new HubError("TL_CONFIG_INVALID", `fixed: ${text}`, { issues });
  }
  return ordered;
}

/** In as many characters as the field has. */
function written(
  value: Json | undefined,
  field: FixedField,
  numbers: FixedWriteOptions["numbers"],
  index: number,
): string {
  if (value === undefined || value === null) return " ".repeat(field.length);
  if (typeof value === "object") throw refused(index, `has a list or object in ${field.name}`);
  const isText = (field.type ?? "text") === "text";
  const text = isText ? String(value) : digitsOf(value, field, index);
  if (/[\r\n\0]/.test(text)) throw refused(index, `has a line break or a NUL in ${field.name}`);
  const room = field.length - (/[\ud800-\udfff]/.test(text) ? Array.from(text).length : text.length);
  if (room < 0) throw refused(index, `needs more than the ${field.length} characters of ${field.name}`);
  if (isText) return field.trim === "left" ? " ".repeat(room) + text : text + " ".repeat(room);
  const zeros = (numbers ?? (field.decimals === undefined ? "blanks" : "zeros")) === "zeros";
  if (!zeros) return " ".repeat(room) + text;
  return text.startsWith("-") ? `-${"0".repeat(room)}${text.slice(1)}` : "0".repeat(room) + text;
}

/** Without a point where the layout says how many of its digits are decimals. */
function digitsOf(value: string | number | boolean, field: FixedField, index: number): string {
  const [, sign = "", whole = "", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value)) ?? [];
  if (whole === "" || (field.type === "integer" && fraction !== ""))
    throw refused(index, `has no ${field.type === "integer" ? "integer" : "plain number"} in ${field.name}`);
  if (field.decimals === undefined) return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`;
  if (fraction.length > field.decimals)
    throw refused(index, `has more than ${field.decimals} decimals in ${field.name}`);
  const digits = whole + fraction.padEnd(field.decimals, "0");
  return sign + digits.replace(/^0+(?=\d)/, "");
}
