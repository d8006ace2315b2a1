import { existsSync } from "node:fs";
import { join } from "node:path";
import { HubError } from "../../errors.ts";
import type { Cell, Departure, LastNumbers, Move, TableRows } from "../../store/move.ts";
import { toBytes, toText } from "../rows/row.ts";
import { highestNumber, NUMBERED } from "./counter.ts";
import { lockFolder } from "./lock.ts";
import { migrate } from "./migrate.ts";
import { movedTo, setMoved } from "./moved.ts";
import { openSql, type Sql, type SqlValue } from "./sql.ts";
import { DATABASE } from "./store.ts";

/** Rows read at once, and bytes or so after which they are handed on. */
const PAGE = 500;
const PAGE_OF_BODIES = 16;
const PART_BYTES = 4 * 1024 * 1024;

/** Tables that are not looked through by the code of a failure. */
const FAILURE_ALONE: readonly string[] = ["file", "bundle"];

interface Column {
  readonly name: string;
  readonly type: string;
  /** Position in the primary key, from 1; 0 outside it. */
  readonly pk: number;
}

interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
}

/**
 * Opens the embedded store of a folder to leave it.
 * @throws HubError TL_NOT_FOUND when there is none, TL_CONFLICT while a hub has it
 */
export function openSqliteDeparture(folder: string): Departure {
  const path = join(folder, DATABASE);
  if (!existsSync(path)) {
    throw new HubError("TL_NOT_FOUND", `there is no store in ${folder}`, {
      cure: "Name the project with --dir; TIELINE_DATA and `data` of tieline.yaml say where its store is.",
    });
  }
  const unlock = lockFolder(folder);
  const sql = openSql(path, "writer");
  migrate(sql);
  const tables = tablesOf(sql);
  return {
    counts: new Map(tables.map(({ name }) => [name, countOf(sql, name)])),
    numbers: Object.fromEntries(
      Object.keys(NUMBERED).map((name) => [name, highestNumber(sql, name as keyof typeof NUMBERED)]),
    ) as LastNumbers,
    begun: movedTo(sql),
    *rows() {
      for (const table of tables) yield* rowsOf(sql, table);
    },
    leave: (move: Move) => setMoved(sql, move),
    stay: () => setMoved(sql, null),
    close() {
      sql.close();
      unlock();
    },
  };
}

/** Every table but the store's own notes, and what can be told from the others. */
function tablesOf(sql: Sql): readonly Table[] {
  return sql
    .all<{ name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('meta', 'customer_name', 'sqlite_sequence') ORDER BY name",
    )
    .map(({ name }) => ({
      name,
      columns: sql.all<Column>("SELECT name, type, pk FROM pragma_table_info(?)", name),
    }));
}

function countOf(sql: Sql, table: string): number {
  return sql.get<{ n: number }>(`SELECT count(*) AS n FROM "${table}"`)?.n ?? 0;
}

/** In the order of the primary key, which a page begins behind. */
function* rowsOf(sql: Sql, { name, columns }: Table): Iterable<TableRows> {
  const key = columns.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk);
  const names = key.map((column) => `"${column.name}"`).join(", ");
  const page = columns.some(({ type }) => type === "BLOB") ? PAGE_OF_BODIES : PAGE;
  const select = `SELECT ${columns.map(selected).join(", ")} FROM "${name}"`;
  const order = `ORDER BY ${names} LIMIT ${page}`;
  const derived =
    columns.some((column) => column.name === "failure") && !FAILURE_ALONE.includes(name) ? ["code"] : [];
  const target = [...columns.map((column) => column.name), ...derived];
  let rows: Cell[][] = [];
  let bytes = 0;
  let after: SqlValue[] | null = null;
  for (;;) {
    const found: Record<string, Bound>[] =
      after === null
        ? sql.all(`${select} ${order}`)
        : sql.all(`${select} WHERE (${names}) > (${key.map(() => "?").join(", ")}) ${order}`, ...after);
    for (const row of found) {
      const cells = columns.map((column) => cellOf(name, column, row[column.name] ?? null));
      if (derived.length > 0) cells.push(codeOf(cells[target.indexOf("failure")] ?? null));
      bytes += cells.reduce<number>((sum, cell) => sum + sizeOf(cell), 0);
      rows.push(cells);
    }
    const last = found.at(-1);
    if (last !== undefined) after = key.map((column) => plain(column, last[column.name] ?? null));
    const isEnd = found.length < page;
    if (rows.length > 0 && (isEnd || bytes > PART_BYTES || rows.length >= PAGE)) {
      yield { table: name, columns: target, rows };
      rows = [];
      bytes = 0;
    }
    if (isEnd) return;
  }
}

/** A text as bytes: the binding ends texts at U+0000. */
function selected({ name, type }: Column): string {
  return type === "TEXT" ? `CAST("${name}" AS BLOB) AS "${name}"` : `"${name}"`;
}

/** As the binding gives it. */
type Bound = SqlValue | ArrayBuffer;

function plain({ type }: Column, value: Bound): SqlValue {
  if (typeof value !== "object" || value === null) return value;
  const bytes = toBytes(value);
  return type === "TEXT" ? Buffer.from(bytes).toString("utf8") : bytes;
}

/** A version is a number or a text here, and JSON where a column has one type. */
function cellOf(table: string, column: Column, value: Bound): Cell {
  if (column.name === "version" && column.type === "") return toText(value);
  const cell = plain(column, value);
  if (typeof cell === "bigint") throw new HubError("TL_INTERNAL", `${table} holds a number beyond 2^53`);
  return cell;
}

function codeOf(failure: Cell): Cell {
  return typeof failure === "string"
    ? ((JSON.parse(failure) as { readonly code?: string }).code ?? null)
    : null;
}

function sizeOf(cell: Cell): number {
  if (typeof cell === "string") return cell.length;
  return cell instanceof Uint8Array ? cell.byteLength : 8;
}
