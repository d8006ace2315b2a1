/**
 * An amount as decimal text: `1.234,56` → `1234.56`. Text goes in and text comes out, since money is never a float.
 * `style` names the decimal sign: `,` or `.`. Without it the last sign decides, and a lone sign with three digits
 * behind it (`1.234`) is ambiguous, so it is not taken. Undefined when the text is not a plain amount.
 */
export function decimalText(text: string, style?: string): string | undefined {
  const trimmed = text.trim();
  // A trailing minus is how SAP and its kin write credits.
  const parts = /^([+-]?)(\d[\d.,'\u00a0\u202f ]*)(-?)$/.exec(trimmed);
  if (parts === null || (parts[1] !== "" && parts[3] !== "")) return undefined;
  const body = (parts[2] as string).replace(/['\u00a0\u202f ]/g, "'");
  const point = style ?? decimalSign(body);
  if (point !== "." && point !== ",") return undefined;
  const digits = withoutGroups(body, point);
  if (digits === undefined) return undefined;
  const plain = digits.replace(point, ".").replace(/^0+(?=\d)/, "");
  const negative = parts[1] === "-" || parts[3] === "-";
  return negative && /[1-9]/.test(plain) ? `-${plain}` : plain;
}

/** The decimal sign a text can only mean. */
function decimalSign(body: string): "." | "," | undefined {
  const commas = body.split(",").length - 1;
  const points = body.split(".").length - 1;
  if (commas > 0 && points > 0) return body.lastIndexOf(",") > body.lastIndexOf(".") ? "," : ".";
  if (commas + points === 0) return ".";
  const sign = commas > 0 ? "," : ".";
  if (commas + points > 1) return sign === "," ? "." : ",";
  const behind = body.length - body.indexOf(sign) - 1;
  return behind === 3 && !body.includes("'") && !body.startsWith("0") ? undefined : sign;
}

/** The digits with the decimal sign only; undefined when the groups are not of three. */
function withoutGroups(body: string, point: "." | ","): string | undefined {
  const group = point === "," ? "." : ",";
  const [whole = "", fraction, ...more] = body.split(point);
  if (more.length > 0 || fraction === "" || (fraction !== undefined && !/^\d+$/.test(fraction)))
    return undefined;
  const groups = whole.split(new RegExp(`[${group}']`));
  const [first = "", ...rest] = groups;
  const isGrouped = rest.every((part) => part.length === 3) && (rest.length === 0 || first.length <= 3);
  if (first === "" || !isGrouped) return undefined;
  return fraction === undefined ? groups.join("") : `${groups.join("")}${point}${fraction}`;
}
