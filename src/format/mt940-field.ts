import { HubError } from "../errors.ts";

/** An amount as MT940 writes it (`1234,5`), as decimal text with all digits that were written. */
export function decimalText(amount: string): string | undefined {
  const [, whole = "", fraction = ""] = /^(\d{1,15}),(\d{0,6})$/.exec(amount) ?? [];
  if (whole === "") return undefined;
  return whole.replace(/^0+(?=\d)/, "") + (fraction === "" ? "" : `.${fraction}`);
}

/** `-` before an amount that is not zero. */
export function signed(amount: string, negative: boolean): string {
  return negative && /[1-9]/.test(amount) ? `-${amount}` : amount;
}

/**
 * YYMMDD as an ISO date. Some banks count thirty days in each month: such a day is the last one of its month.
 * @throws HubError TL_DECODE_FAILED
 */
export function isoDate(text: string): string {
  const [year, month, day] = [text.slice(0, 2), text.slice(2, 4), text.slice(4, 6)].map(Number);
  if (!/^\d{6}$/.test(text) || !month || month > 12 || !day || day > 31) {
    throw new HubError("TL_DECODE_FAILED", "a date is none");
  }
  const full = (year ?? 0) + ((year ?? 0) < 80 ? 2000 : 1900);
  const last = new Date(Date.UTC(full, month, 0)).getUTCDate();
  return `${full}-${two(month)}-${two(Math.min(day, last))}`;
}

/** The booking date, of which only MMDD is written: the one next to the value date. */
export function bookingDate(monthDay: string, valueDate: string): string {
  const year = Number(valueDate.slice(0, 4));
  const apart = Number(monthDay.slice(0, 2)) - Number(valueDate.slice(5, 7));
  const own = apart > 6 ? year - 1 : apart < -6 ? year + 1 : year;
  return isoDate(two(own % 100) + monthDay);
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** A field of a message: its tag without colons, and its lines. */
export interface Field {
  readonly tag: string;
  readonly lines: readonly string[];
  /** Line within the text, from 1. */
  readonly line: number;
}

const TAG = /^:(\d{2}[A-Z]?|NS):/;

/** Whether a line begins a field, and which. */
export function tagOf(line: string): string | undefined {
  return TAG.exec(line)?.[1];
}

/** The fields of a text; lines before the first one are passed over. */
export function fieldsOf(text: string): Field[] {
  const fields: { tag: string; lines: string[]; line: number }[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const tag = tagOf(line);
    if (tag === undefined) fields.at(-1)?.lines.push(line);
    else fields.push({ tag, lines: [line.slice(tag.length + 2)], line: index + 1 });
  }
  return fields;
}
