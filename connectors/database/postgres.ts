import { readFile } from "node:fs/promises";
import type { Pool, PoolClient } from "pg";
import { type Db, DbFailure, type DbRow } from "./db.ts";
import { faultOf } from "./failure.ts";
import type { Place } from "./place.ts";
import { utc } from "./utc.ts";

/** Longest wait for a connection, and for the end of a statement; milliseconds. */
const CONNECT_MS = 5_000;
const STATEMENT_MS = 60_000;

/** Object ids of types (pg_type.dat) that are more than a text in JSON. */
const BOOL = 16;
const BYTEA = 17;
const INTEGERS = [21, 23, 26];
const FLOATS = [700, 701];
const DOCUMENTS = [114, 3802];
const MOMENTS = [1114, 1184];

/** A database of PostgreSQL 12 or later. The library is loaded, and a connection made, with the first statement. */
export function openPostgres(where: Place): Db {
  let pool: Promise<Pool> | null = null;

  async function connect(): Promise<PoolClient> {
    pool ??= makePool(where);
    try {
      return await (await pool).connect();
    } catch (error) {
      throw failureOf(error, false);
    }
  }

  return {
    async query(text, values, signal) {
      const client = await connect();
      const stop = (): void => client.release(true);
      let released = false;
      const abort = (): void => {
        released = true;
        stop();
      };
      signal?.addEventListener("abort", abort, { once: true });
      try {
        const { rows } = await client.query<DbRow>({ text, values: [...values], types: PARSERS });
        return rows;
      } catch (error) {
        const failure = failureOf(error, true);
        if (!released && failure.fault === "away") {
          released = true;
          stop();
        }
        throw failure;
      } finally {
        signal?.removeEventListener("abort", abort);
        if (!released) client.release();
      }
    },
    name: (text) =>
      text
        .split(".")
        .map((part) => `"${part.replaceAll('"', '""')}"`)
        .join("."),
    place: (n) => `$${n}`,
    comparedPlace: (n) => `$${n}`,
    moment: (text) => text,
    presentMoment: "now()",
    orUpdate(key, columns) {
      const names = key.map(quoted).join(", ");
      if (columns.length === 0) return `ON CONFLICT (${names}) DO NOTHING`;
      const sets = columns.map((one) => `${quoted(one)} = EXCLUDED.${quoted(one)}`).join(", ");
      return `ON CONFLICT (${names}) DO UPDATE SET ${sets}`;
    },
    // The server finds out what a place needs.
    kinds: async () => new Map(),
    async close() {
      const open = pool;
      pool = null;
      await (await open?.catch(() => null))?.end();
    },
  };
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

async function makePool({ host, port, user, password, database, tls, connections }: Place): Promise<Pool> {
  const { default: pg } = await import("pg");
  const ca = tls?.authority === undefined ? undefined : await readFile(tls.authority, "utf8");
  const pool = new pg.Pool({
    host,
    port: port ?? 5432,
    user,
    password: password ?? "",
    database,
    max: connections,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: STATEMENT_MS,
    statement_timeout: STATEMENT_MS,
    application_name: "tieline",
    options: "-c TimeZone=UTC -c DateStyle=ISO -c bytea_output=hex",
    ssl: tls === null ? false : { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) },
  });
  // A connection that ends is told by the statement under way, or by the next.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

const PARSERS = {
  getTypeParser: (id: number) => (text: string | Buffer) => parse(id, String(text)),
};

function parse(id: number, text: string): unknown {
  if (id === BOOL) return text === "t";
  if (INTEGERS.includes(id) || FLOATS.includes(id)) return number(text);
  if (DOCUMENTS.includes(id)) return JSON.parse(text) as unknown;
  if (id === BYTEA) return Buffer.from(text.slice(2), "hex").toString("base64");
  return MOMENTS.includes(id) ? utc(text) : text;
}

/** JSON has no word for NaN and the infinite. */
function number(text: string): number | string {
  const value = Number(text);
  return Number.isFinite(value) ? value : text;
}

function failureOf(error: unknown, sent: boolean): DbFailure {
  const { code, constraint, column } = (error ?? {}) as {
    readonly code?: unknown;
    readonly constraint?: string;
    readonly column?: string;
  };
  // What the server tells is five letters; the system's own codes and the library's texts have other forms.
  if (typeof code === "string" && /^[0-9A-Z]{5}$/.test(code)) {
    const where = constraint ?? column;
    const about = where === undefined ? "" : ` (${where})`;
    const fault = faultOf(code);
    // A server that ends may have committed and waited for its standby.
    return new DbFailure(fault, `the database answered ${code}${about}`, sent && fault === "away", error);
  }
  const reason = typeof code === "string" ? ` (${code})` : "";
  const message = sent ? `the connection ended${reason}` : `the database cannot be reached${reason}`;
  return new DbFailure("away", message, sent, error);
}
