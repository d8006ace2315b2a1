import type { Exchange, Said } from "../../message/exchange.ts";

/**
 * A side without the names of its members, since there is one for every attempt: line, fields, and `1` for the delivery's
 * own body, else its text, with its size where that is not the text's.
 */
type Row = readonly [string, Said["fields"]?, (1 | string)?, (number | null)?];

/** JSON text for the column. */
export function exchangeText(exchange: Exchange | null): string | null {
  if (exchange === null) return null;
  const { sent, answered } = exchange;
  return JSON.stringify(answered === undefined ? [toRow(sent)] : [toRow(sent), toRow(answered)]);
}

export function exchangeOf(text: string): Exchange {
  const [sent, answered] = JSON.parse(text) as readonly [Row, Row?];
  return answered === undefined
    ? { sent: fromRow(sent) }
    : { sent: fromRow(sent), answered: fromRow(answered) };
}

function toRow({ line, fields, body }: Said): Row {
  if (body === undefined) return fields === undefined ? [line] : [line, fields];
  if (body === "delivery") return [line, fields ?? {}, 1];
  const { text, size } = body;
  return size === Buffer.byteLength(text) ? [line, fields ?? {}, text] : [line, fields ?? {}, text, size];
}

function fromRow([line, fields = {}, body, size]: Row): Said {
  const said = Object.keys(fields).length === 0 ? { line } : { line, fields };
  if (body === undefined) return said;
  if (body === 1) return { ...said, body: "delivery" };
  return { ...said, body: { text: body, size: size === undefined ? Buffer.byteLength(body) : size } };
}
