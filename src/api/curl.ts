import { HIDDEN, type SaidBody } from "../message/exchange.ts";

/** What curl writes by itself. */
const OWN = ["content-length", "host", "connection"];

/** A request that went over HTTP as it was sent. */
interface Request {
  readonly line: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly body: SaidBody | null;
}

/**
 * The request as a command for a shell; null: it did not go over HTTP. What was hidden is left to variables that whoever
 * runs it sets; a body of which not all is kept is read from the file `body`.
 */
export function asCurl({ line, fields, body }: Request): string | null {
  const [, method, url] = /^([A-Z]+) (https?:\/\/\S+)$/.exec(line) ?? [];
  if (method === undefined || url === undefined) return null;
  const parts = [`curl -X ${method} ${quoted(url, "SECRET")}`];
  for (const [name, value] of Object.entries(fields))
    if (!OWN.includes(name)) parts.push(`-H ${quoted(`${name}: ${value}`, variableOf(name))}`);
  if (body !== null) {
    const isWhole = Buffer.byteLength(body.text) === body.size;
    parts.push(isWhole ? `--data-raw ${quoted(body.text, "SECRET")}` : "--data-binary @body");
  }
  return parts.join(" \\\n  ");
}

function variableOf(field: string): string {
  return field.toUpperCase().replace(/[^A-Z0-9]/g, "_");
}

/** Within single quotes a shell obeys nothing. */
function quoted(text: string, variable: string): string {
  return `'${text.replaceAll("'", `'\\''`).replaceAll(HIDDEN, `'"$${variable}"'`)}'`;
}
