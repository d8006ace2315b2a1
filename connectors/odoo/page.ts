import type { OdooRecord, Records } from "./records.ts";
import { odooMoment } from "./value.ts";

/** Just after which record a page begins: those of this second with a higher id, then those of later seconds. */
export interface Start {
  /** RFC 3339, a whole second. */
  readonly at: string;
  readonly id: number;
}

export interface Page {
  readonly rows: readonly OdooRecord[];
  /** Where the next page begins; null: there is no record at all. */
  readonly next: Start | null;
  readonly more: boolean;
}

/**
 * Reads the records that follow, in whole seconds. Odoo stores microseconds and tells seconds, so records of one second
 * cannot be told apart by their moment, and one import may bring thousands of them: within a second the id decides.
 */
export async function readPage(
  records: Records,
  start: Start | null,
  limit: number,
  signal: AbortSignal,
): Promise<Page> {
  const within = start === null ? [] : await ofSecond(records, start, limit, signal);
  if (start !== null && within.length === limit)
    return { rows: within, next: { at: start.at, id: lastId(within) }, more: true };
  const left = limit - within.length;
  const later = await records.find(
    start === null ? [] : [["write_date", ">=", second(start.at, 1)]],
    "write_date, id",
    left,
    signal,
  );
  const last = later.at(-1)?.write_date;
  if (last === undefined) {
    const next = start === null || within.length === 0 ? start : { at: start.at, id: lastId(within) };
    return { rows: within, next, more: false };
  }
  const ofLast = later.filter((row) => row.write_date === last);
  if (later.length < left)
    return { rows: [...within, ...later], next: { at: last, id: lastId(ofLast) }, more: false };
  if (ofLast.length < later.length) {
    // More may belong to the last second, with lower ids: it is read as a whole next.
    const whole = later.filter((row) => row.write_date !== last);
    return { rows: [...within, ...whole], next: { at: last, id: 0 }, more: true };
  }
  const rest = await ofSecond(records, { at: last, id: 0 }, left, signal);
  return { rows: [...within, ...rest], next: { at: last, id: lastId(rest) }, more: true };
}

function ofSecond(
  records: Records,
  { at, id }: Start,
  limit: number,
  signal: AbortSignal,
): Promise<readonly OdooRecord[]> {
  const conditions = [
    ["write_date", ">=", second(at, 0)],
    ["write_date", "<", second(at, 1)],
    ["id", ">", id],
  ];
  return records.find(conditions, "id", limit, signal);
}

function second(at: string, plus: number): string {
  return odooMoment(Date.parse(at) + plus * 1_000);
}

function lastId(rows: readonly OdooRecord[]): number {
  return rows.reduce((highest, { id }) => Math.max(highest, id), 0);
}
