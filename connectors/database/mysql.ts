import { readFile } from "node:fs/promises";
import type { FieldPacket, Pool, PoolConnection } from "mysql2/promise";
import type { Json } from "tieline/connector";
import { type ColumnKind, type Db, DbFailure, type DbRow } from "./db.ts";
import { faultOf } from "./failure.ts";
import type { Place } from "./place.ts";
import { utc } from "./utc.ts";

/** Longest wait for a connection, and for the end of a statement; milliseconds. */
const CONNECT_MS = 5_000;
const STATEMENT_MS = 60_000;

/** Errors of the server (mysqld_error.h) whose SQLSTATE says too little. */
const BY_NUMBER: Readonly<Record<number, string>> = {
  1040: "53300",
  1044: "28000",
  1049: "3D000",
  1053: "57P01",
  1105: "HY000",
  1142: "28000",
  1143: "28000",
  1203: "53300",
  1205: "55P03",
  1698: "28000",
};

/** A database of MariaDB 10.6 or MySQL 8, or later. The library is loaded, and a connection made, with the first statement. */
export function openMysql(where: Place): Db {
  let pool: Promise<Pool> | null = null;

  async function connect(): Promise<PoolConnection> {
    pool ??= makePool(where);
    try {
      return await (await pool).getConnection();
    } catch (error) {
      throw failureOf(error, false);
    }
  }

  const db: Db = {
    async query(text, values, signal) {
      const connection = await connect();
      let isOver = false;
      const abort = (): void => {
        if (!isOver) connection.destroy();
        isOver = true;
      };
      signal?.addEventListener("abort", abort, { once: true });
      try {
        const [rows, fields] = await connection.execute({ sql: text, timeout: STATEMENT_MS }, [...values]);
        if (!Array.isArray(rows)) return [];
        return (rows as Readonly<Record<string, unknown>>[]).map((row) => toRow(row, fields));
      } catch (error) {
        const failure = failureOf(error, true);
        if (failure.fault === "away") abort();
        throw failure;
      } finally {
        signal?.removeEventListener("abort", abort);
        if (!isOver) connection.release();
        isOver = true;
      }
    },
    name: (text) => text.split(".").map(quoted).join("."),
    place: () => "?",
    // A column of integers that is compared with a text would be compared as a floating-point number.
    comparedPlace: (_, value, kind) =>
      kind === "integer" ? `CAST(? AS ${value.startsWith("-") ? "SIGNED" : "UNSIGNED"})` : "?",
    moment: (text) => text.replace(/^(\d{4,}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d+)?)Z$/, "$1 $2"),
    presentMoment: "utc_timestamp(6)",
    orUpdate(key, columns) {
      const changed = columns.length === 0 ? key.slice(0, 1) : columns;
      const sets = changed.map((one) => `${quoted(one)} = VALUES(${quoted(one)})`).join(", ");
      return `ON DUPLICATE KEY UPDATE ${sets}`;
    },
    async kinds(table) {
      const [schema, name] = table.includes(".") ? table.split(".") : [where.database, table];
      const rows = await db.query(
        `SELECT column_name AS name, data_type AS type FROM information_schema.columns
         WHERE table_schema = ? AND table_name = ?`,
        [schema ?? "", name ?? ""],
      );
      const kinds = new Map<string, ColumnKind>();
      for (const row of rows) {
        const type = String(row["type"]);
        if (type === "datetime" || type === "timestamp") kinds.set(String(row["name"]), "moment");
        if (/int$/.test(type)) kinds.set(String(row["name"]), "integer");
      }
      return kinds;
    },
    async close() {
      const open = pool;
      pool = null;
      await (await open?.catch(() => null))?.end();
    },
  };
  return db;
}

function quoted(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

async function makePool({ host, port, user, password, database, tls, connections }: Place): Promise<Pool> {
  const { createPool } = await import("mysql2/promise");
  const ca = tls?.authority === undefined ? undefined : await readFile(tls.authority, "utf8");
  const pool = createPool({
    host,
    port: port ?? 3306,
    user,
    password: password ?? "",
    database,
    connectionLimit: connections,
    connectTimeout: CONNECT_MS,
    charset: "utf8mb4",
    timezone: "Z",
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    // It would make its row parsers from text, which a hub may forbid.
    disableEval: true,
    multipleStatements: false,
    // Each number of rows that are written at once makes a statement of its own.
    maxPreparedStatements: 200,
    // A file of the hub's machine is nothing that a server may ask for.
    flags: ["-LOCAL_FILES"],
    ...(tls === null ? {} : { ssl: { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) } }),
  });
  // Each session tells moments in UTC and refuses what does not fit, rather than to cut it off.
  pool.pool.on("connection", (connection) => {
    connection.query(
      "SET time_zone = '+00:00', sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')",
      () => undefined,
    );
  });
  return pool;
}

/** Column types of the protocol (field_types.h) that are told as texts in UTC. */
const TIMESTAMP = 7;
const DATETIME = 12;

function toRow(row: Readonly<Record<string, unknown>>, fields: readonly FieldPacket[]): DbRow {
  const made: Record<string, Json> = {};
  for (const { name, columnType } of fields) {
    const value = row[name];
    const isMoment = columnType === TIMESTAMP || columnType === DATETIME;
    if (Buffer.isBuffer(value)) made[name] = value.toString("base64");
    else made[name] = isMoment && typeof value === "string" ? utc(value) : (value as Json);
  }
  return made;
}

function failureOf(error: unknown, sent: boolean): DbFailure {
  const { code, errno, sqlState } = (error ?? {}) as {
    readonly code?: unknown;
    readonly errno?: unknown;
    readonly sqlState?: unknown;
  };
  if (typeof sqlState === "string" && typeof errno === "number") {
    const state = BY_NUMBER[errno] ?? sqlState;
    const fault = faultOf(state);
    return new DbFailure(
      fault,
      `the database answered ${errno} (${sqlState})`,
      sent && fault === "away",
      error,
    );
  }
  const reason = typeof code === "string" ? ` (${code})` : "";
  const message = sent ? `the connection ended${reason}` : `the database cannot be reached${reason}`;
  return new DbFailure("away", message, sent, error);
}
