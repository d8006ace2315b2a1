import type { CollectedItem, Json, PullSource } from "tieline/connector";
import { HubError, isObject } from "tieline/connector";
import type { Db, DbRow, DbValue } from "./db.ts";
import { sourceFailure } from "./failure.ts";
import type { ReadTableOptions } from "./settings.ts";
import { secondsBefore } from "./utc.ts";

const OVERLAP_S = 5;

type Kinds = Awaited<ReturnType<Db["kinds"]>>;

/** Where a table was read to. Rows are read in the order of (changed, id). */
interface TableCursor {
  /** `changed` and `id` of the last row. */
  readonly at: string;
  readonly id: string;
  /** More follows at once: the next batch begins exactly here, without an overlap. */
  readonly more?: true;
  /** When the hub first came to this row, milliseconds since 1970. */
  readonly since: number;
  /** A look that began after the overlap had passed found nothing new: no row before this one can come to light. */
  readonly calm?: true;
}

/**
 * Rows by (changed, id). A row whose transaction was open for long comes to light behind rows that are newer, so each
 * look begins `overlap` before the last row, until a look that began so long after that row finds no other: then no
 * transaction can be open that has set an older `changed`. Rows that come again are known by id and `changed`.
 */
export function readTable(db: Db, options: ReadTableOptions, now: () => number): PullSource {
  const { table, id, changed, columns, every } = options;
  const overlap = options.overlap ?? OVERLAP_S;
  const selected =
    columns === undefined ? "*" : [...new Set([id, changed, ...columns])].map(db.name).join(", ");
  const order = `ORDER BY ${db.name(changed)}, ${db.name(id)}`;

  let kinds: Kinds | null = null;

  function question(
    cursor: TableCursor | null,
    limit: number,
    known: Kinds,
  ): { readonly text: string; readonly values: DbValue[] } {
    const head = `SELECT ${selected} FROM ${db.name(table)} WHERE ${db.name(changed)}`;
    const tail = `${order} LIMIT ${limit}`;
    if (cursor === null) return { text: `${head} IS NOT NULL ${tail}`, values: [] };
    const from = overlapped(cursor) ? secondsBefore(cursor.at, overlap) : undefined;
    if (from !== undefined) return { text: `${head} >= ${db.place(1)} ${tail}`, values: [db.moment(from)] };
    const place = (n: number, value: string, column: string) => db.comparedPlace(n, value, known.get(column));
    const later = `${db.name(changed)} > ${place(2, cursor.at, changed)}`;
    const after = `(${later} OR ${db.name(id)} > ${place(3, cursor.id, id)})`;
    const at = db.moment(cursor.at);
    return {
      text: `${head} >= ${place(1, cursor.at, changed)} AND ${after} ${tail}`,
      values: [at, at, cursor.id],
    };
  }

  function overlapped(cursor: TableCursor): boolean {
    return overlap > 0 && cursor.more === undefined && cursor.calm === undefined;
  }

  function moved(
    cursor: TableCursor | null,
    rows: readonly DbRow[],
    more: boolean,
    began: number,
  ): TableCursor | null {
    const last = rows.at(-1);
    if (last === undefined) return cursor === null ? null : rested(cursor, began);
    const at = textOf(last[changed]);
    const number = textOf(last[id]);
    if (cursor?.at === at && cursor.id === number && !more) return rested(cursor, began);
    return { at, id: number, since: now(), ...(more ? { more } : {}) };
  }

  /** No row is newer than the last one. */
  function rested({ more, ...cursor }: TableCursor, began: number): TableCursor {
    const wasWhole = more === undefined && began - cursor.since > overlap * 1_000;
    return wasWhole || overlap === 0 ? { ...cursor, calm: true } : cursor;
  }

  async function ask(
    cursor: TableCursor | null,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly DbRow[]> {
    kinds ??= await db.kinds(table);
    const { text, values } = question(cursor, limit, kinds);
    return db.query(text, values, signal);
  }

  return {
    kind: "pull",
    ...(every === undefined ? {} : { every }),
    async pull({ cursor: given, limit, signal }) {
      const cursor = cursorOf(given);
      const began = now();
      const rows = await ask(cursor, limit, signal).catch((error: unknown) => {
        throw sourceFailure(error);
      });
      const more = rows.length === limit;
      return {
        items: rows.map((row) => itemOf(row, textOf(row[id]), textOf(row[changed]))),
        cursor: moved(cursor, rows, more, began) as Json,
        more,
      };
    },
  };
}

function itemOf(row: DbRow, id: string, at: string): CollectedItem {
  return { body: Buffer.from(JSON.stringify(row)), event: `${id}@${at}` };
}

function textOf(value: Json | undefined): string {
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw new HubError("TL_SOURCE_REFUSED", "`id` or `changed` of a row is neither a number nor a text", {
    cure: "Name a column that is never null, of a plain type.",
  });
}

function cursorOf(given: Json | null): TableCursor | null {
  if (given === null) return null;
  if (isObject(given) && typeof given["at"] === "string" && typeof given["id"] === "string")
    return given as unknown as TableCursor;
  throw new HubError("TL_SOURCE_REFUSED", "the cursor is not one of a table", {
    cure: 'Set it with `tieline flows rewind`, like {"at":"2026-11-01T00:00:00Z","id":"0","since":0}.',
  });
}
