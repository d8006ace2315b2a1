import { Client } from "pg";
import { HubError } from "../../errors.ts";
import type { Arrival, Cell, TableRows } from "../../store/move.ts";
import type { PostgresAddress } from "./address.ts";
import { auditTable } from "./audit-table.ts";
import { clientConfig } from "./client.ts";
import { columnsOf, join } from "./columns.ts";
import { connectFailure } from "./connect-failure.ts";
import { storeFailure } from "./failure.ts";
import { lockAlone } from "./lock.ts";
import { migrate } from "./migrate.ts";
import { checkServer } from "./server-check.ts";
import { type SqlValue, sqlOver } from "./sql.ts";

/** The last step commits everything, and before it all rows are counted; milliseconds. */
const ANSWER_MS = 600_000;

/** The store's own notes, which no other store has. */
const OWN = ["worker", "mark", "lane", "asked", "counter", "migration"];

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly identity: boolean;
}

const COLUMNS = `SELECT c.relname AS "table", a.attname AS name, format_type(a.atttypid, NULL) AS type,
    a.attidentity <> '' AS identity
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE c.relnamespace = to_regnamespace($1) AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped`;

const ACT = "migrate";
const ARRIVED = "SELECT 1 AS one FROM audit WHERE act = $1 AND detail = $2 LIMIT 1";

/**
 * Opens the place of a store in PostgreSQL to move another store there. It holds the store's lock, as a hub would.
 * @throws HubError TL_CONFLICT while a hub has it, TL_CONFIG_INVALID when the server may lose what it commits,
 *   TL_STORE_FAILED when it cannot be reached
 */
export async function openPostgresArrival(address: PostgresAddress): Promise<Arrival> {
  const client = new Client({ ...clientConfig(address, "tieline migrate"), query_timeout: ANSWER_MS });
  // A connection that ends under a statement is told by the statement too.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await checkServer(client);
    await lockAlone(client, address);
    await migrate(client, address.schema);
    return arrival(client, address, await tablesOf(client, address));
  } catch (error) {
    await client.end().catch(() => undefined);
    throw connectFailure(error);
  }
}

type Tables = ReadonlyMap<string, readonly Column[]>;

async function tablesOf(client: Client, address: PostgresAddress): Promise<Tables> {
  const { rows } = await client.query<Column>(COLUMNS, [client.escapeIdentifier(address.schema)]);
  const all = rows.filter(({ table }) => !OWN.includes(table));
  const tables = new Map<string, Column[]>();
  for (const column of all) tables.set(column.table, [...(tables.get(column.table) ?? []), column]);
  return tables;
}

function arrival(client: Client, address: PostgresAddress, tables: Tables): Arrival {
  const sent: Promise<unknown>[] = [];
  const sql = sqlOver(client, {
    before: () => undefined,
    sent: (statement) => {
      sent.push(statement);
    },
  });
  const words = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw storeFailure(error, "the store to move to failed");
    }
  };
  const counts = async (): Promise<ReadonlyMap<string, number>> => {
    const texts = [...tables.keys()].map(
      (table) => `SELECT '${table}' AS name, count(*) AS n FROM "${table}"`,
    );
    const rows = await sql.all<{ name: string; n: number }>(texts.join(" UNION ALL "));
    return new Map(rows.filter(({ n }) => n > 0).map(({ name, n }) => [name, n]));
  };
  return {
    has: ({ id }) => words(async () => (await sql.get(ARRIVED, ACT, detailOf(id))) !== undefined),
    open: () =>
      words(async () => {
        await client.query("BEGIN");
        const stored = await counts();
        if (stored.size > 0) throw taken(address, stored);
      }),
    take: (part) => words(() => insert(sql.run, columnsFor(tables, part), part)),
    counts: () => words(counts),
    commit: ({ id, to }, numbers) =>
      words(async () => {
        for (const [name, last] of Object.entries(numbers))
          await sql.run("UPDATE counter SET last = $2 WHERE name = $1", name, last);
        for (const [table, columns] of tables) await moveIdentity(client, table, columns);
        // In the audit log of the new store, where it is found again.
        const note = { actor: "tieline migrate", act: ACT, target: to, detail: detailOf(id), reason: null };
        await auditTable(sql).add({ at: Date.now(), ...note });
        await Promise.all(sent);
        await client.query("COMMIT");
      }),
    async close() {
      await client.end().catch(() => undefined);
    },
  };
}

function detailOf(id: string): string {
  return JSON.stringify({ move: id });
}

function taken({ schema }: PostgresAddress, stored: ReadonlyMap<string, number>): HubError {
  const [table, count] = [...stored][0] ?? ["", 0];
  return new HubError("TL_CONFLICT", `schema ${schema} holds a store already: ${count} rows of ${table}`, {
    cure: "Name a schema that nobody uses: postgres://…/database?schema=NAME.",
  });
}

/** In the order of the part. Both stores have the same columns, or one of them is older than this program. */
function columnsFor(tables: Tables, { table, columns }: TableRows): readonly Column[] {
  const own = tables.get(table) ?? [];
  const found = columns.map((name) => own.find((column) => column.name === name));
  if (found.length !== own.length || found.includes(undefined))
    throw new HubError("TL_INTERNAL", `table ${table} has other columns there than here`);
  return found as readonly Column[];
}

const NOTHING = new Uint8Array();

/** One statement for a part: a list for each column, and the bytes of all rows in one piece. */
async function insert(
  run: (text: string, ...values: SqlValue[]) => Promise<number>,
  columns: readonly Column[],
  { table, rows }: TableRows,
): Promise<void> {
  const values: SqlValue[] = [];
  const lists: string[] = [];
  const list = (of: readonly (string | number | null)[], type: string): string =>
    `u.c${lists.push(`$${values.push(of)}::${type}[]`)}`;
  const cells = columnsOf<Cell>(rows, columns.length);
  const selected = columns.map(({ type }, index) => {
    const own = cells[index] ?? [];
    if (type !== "bytea") return list(own as (string | number | null)[], type);
    const { bytes, from, length } = join(own.map((cell) => (cell ?? NOTHING) as Uint8Array));
    // A part of unknown length is none.
    const lengths = own.map((cell, n) => (cell === null ? null : (length[n] ?? 0)));
    return `substring($${values.push(bytes)}::bytea FROM ${list(from, "integer")} FOR ${list(lengths, "integer")})`;
  });
  const names = columns.map(({ name }) => `"${name}"`).join(", ");
  const aliases = lists.map((_, index) => `c${index + 1}`).join(", ");
  await run(
    `INSERT INTO "${table}" (${names}) OVERRIDING SYSTEM VALUE
     SELECT ${selected.join(", ")} FROM unnest(${lists.join(", ")}) AS u (${aliases})`,
    ...values,
  );
}

/** The next row gets a number above all that were moved. */
async function moveIdentity(client: Client, table: string, columns: readonly Column[]): Promise<void> {
  for (const { name } of columns.filter(({ identity }) => identity)) {
    const sequence = `pg_get_serial_sequence('"${table}"', '${name}')`;
    await client.query(`SELECT setval(${sequence}, max("${name}")) FROM "${table}" HAVING count(*) > 0`);
  }
}
