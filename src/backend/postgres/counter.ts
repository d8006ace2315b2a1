import type { Sql } from "./sql.ts";

type Numbered = "place" | "delivery" | "customer" | "record";

/**
 * Draws `n` numbers above all drawn before and gives the first. Its row is held until the transaction ends, so numbers
 * appear in the order they were drawn in.
 */
export async function draw(sql: Sql, name: Numbered, n: number): Promise<number> {
  const row = await sql.get<{ first: number }>(
    "UPDATE counter SET last = last + $1 WHERE name = $2 RETURNING last - $1 + 1 AS first",
    n,
    name,
  );
  if (row === undefined) throw new RangeError(`nothing counts each ${name}`);
  return row.first;
}
