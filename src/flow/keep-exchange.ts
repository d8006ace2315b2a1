import { beginningOf, type Exchange, MOST_KEPT, type Said } from "../message/exchange.ts";

/** Bytes that are kept of an answer nobody has to act on: the target has it, or is away for everybody. */
const SHORT = 1024;
/** Of a line, and of each field. */
const MOST_OF_FIELD = 2048;
const MOST_FIELDS = 64;

/**
 * What is kept of an exchange with its attempt. Most deliveries go well, and while a system is away one is tried again
 * and again: their answers are cut short, so that they cost the store little.
 */
export function keptExchange({ sent, answered }: Exchange, isShort: boolean): Exchange {
  const kept = cut(sent, MOST_KEPT);
  if (answered === undefined) return { sent: kept };
  return { sent: kept, answered: cut(answered, isShort ? SHORT : MOST_KEPT) };
}

function cut({ line, fields = {}, body }: Said, most: number): Said {
  const some = Object.entries(fields).slice(0, MOST_FIELDS);
  return {
    line: beginningOf(line, MOST_OF_FIELD),
    ...(some.length === 0
      ? {}
      : {
          fields: Object.fromEntries(some.map(([name, value]) => [name, beginningOf(value, MOST_OF_FIELD)])),
        }),
    ...(body === undefined
      ? {}
      : { body: body === "delivery" ? body : { ...body, text: beginningOf(body.text, most) } }),
  };
}
