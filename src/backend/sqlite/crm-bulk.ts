import type { Sql, SqlValue } from "./sql.ts";

/** A call costs more than a row of the smallest tables, and each size is a statement that is kept. */
const SIZES = [64, 16, 4, 1] as const;
/** Fewer rows than this are not searched for columns that are all the same. */
const WORTH_SHARING = 64;
/** Kinds of statement kept for one head; more would only fill the cache of prepared ones. */
const VARIANTS = 24;

const variants = new Map<string, Set<string>>();

/**
 * Inserts many rows with few calls, and binds a column that is the same in all rows once: a bound value costs about
 * half a microsecond, and most columns of a load do not differ.
 *
 * @param head `INSERT INTO t (a, b) VALUES`; the columns in the order of the rows' values
 * @param texts columns of texts that may come as bytes in UTF-8
 */
export function insertShared(
  sql: Sql,
  head: string,
  rows: readonly (readonly SqlValue[])[],
  texts: readonly number[] = [],
): void {
  const width = rows[0]?.length ?? 0;
  const shared = sharedColumns(head, rows, width);
  const own: number[] = [];
  for (let column = 0; column < width; column++) if (!shared.includes(column)) own.push(column);
  const common = shared.map((column) => rows[0]?.[column] ?? null);
  let at = 0;
  for (const size of SIZES) {
    let text: string | undefined;
    while (rows.length - at >= size) {
      text ??= `${head} ${clause({ width, shared, own, texts }, size)}`;
      const values = [...common];
      for (let index = at; index < at + size; index++) {
        const row = rows[index] as readonly SqlValue[];
        for (const column of own) values.push(row[column] as SqlValue);
      }
      sql.runWith(text, values);
      at += size;
    }
  }
}

function sharedColumns(
  head: string,
  rows: readonly (readonly SqlValue[])[],
  width: number,
): readonly number[] {
  if (rows.length < WORTH_SHARING) return [];
  const first = rows[0] ?? [];
  const shared: number[] = [];
  for (let column = 0; column < width; column++) {
    const value = first[column];
    if (rows.every((row) => row[column] === value)) shared.push(column);
  }
  const known = variants.get(head) ?? new Set();
  variants.set(head, known);
  const name = shared.join();
  if (!known.has(name) && known.size >= VARIANTS) return [];
  known.add(name);
  return shared;
}

/** Which columns are bound how: `shared` once, `own` for each row. */
interface Layout {
  readonly width: number;
  readonly shared: readonly number[];
  readonly own: readonly number[];
  /** Texts that may come as bytes. */
  readonly texts: readonly number[];
}

const clauses = new Map<string, string>();

function clause({ width, shared, own, texts }: Layout, size: number): string {
  const name = `${width}/${shared.join()}/${texts.join()}/${size}`;
  let text = clauses.get(name);
  if (text === undefined) {
    const place = (column: number, row: number): number =>
      shared.includes(column)
        ? shared.indexOf(column) + 1
        : shared.length + row * own.length + own.indexOf(column) + 1;
    const value = (column: number, row: number): string => {
      const bound = `?${place(column, row)}`;
      return texts.includes(column) ? `CAST(${bound} AS TEXT)` : bound;
    };
    const row = (_: unknown, index: number): string =>
      `(${Array.from({ length: width }, (_unused, column) => value(column, index)).join(",")})`;
    text = Array.from({ length: size }, row).join(",");
    clauses.set(name, text);
  }
  return text;
}
