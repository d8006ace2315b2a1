import type { Sql } from "./sql.ts";

/** What is numbered, and the query for the highest number in use. A restore sets a floor for each. */
export const NUMBERED = {
  place: "SELECT max(place) AS n FROM message",
  delivery: "SELECT max(id) AS n FROM delivery",
  customer: "SELECT max(id) AS n FROM customer",
  record: "SELECT max(id) AS n FROM source_record",
} as const;

type Numbered = keyof typeof NUMBERED;

/** The highest number that was drawn before, or the floor, whichever is higher. */
export function highestNumber(sql: Sql, name: Numbered): number {
  const used = sql.get<{ n: number | null }>(NUMBERED[name])?.n ?? 0;
  const floor = sql.get<{ value: string }>("SELECT value FROM meta WHERE name = ?", `floor.${name}`)?.value;
  return Math.max(used, Number(floor ?? 0));
}

/**
 * Draws `n` numbers above all drawn before and gives the first. The writer is alone, so a counter in memory is the
 * store's own; a number drawn in a transaction that was undone is not given again.
 */
export function counter(sql: Sql, name: Numbered): (n: number) => number {
  let last = highestNumber(sql, name);
  return (n) => {
    const first = last + 1;
    last += n;
    return first;
  };
}
