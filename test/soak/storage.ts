import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { openSql } from "../../src/backend/sqlite/sql.ts";
import { atEnd } from "../bench/temporary.ts";
import { startPostgres } from "../fakes/postgres.ts";
import { startRedis } from "../fakes/redis.ts";

export const BACKENDS = ["sqlite", "postgres"] as const;
export type Backend = (typeof BACKENDS)[number];

/** What a hub keeps its messages in, and its size in bytes. */
export interface Storage {
  /** What makes a hub use it. */
  readonly env: Readonly<Record<string, string>>;
  sizes(data: string): Promise<Sizes>;
  /** Opens it for reading. @param data folder of the hub, which must have stopped */
  read(data: string): Promise<Reader>;
  close(): Promise<void>;
}

export interface Sizes {
  readonly database: number;
  /** What was written ahead. */
  readonly log: number;
}

/** Runs queries that both databases understand; whole numbers come as numbers. */
export interface Reader {
  all<Row>(text: string): Promise<readonly Row[]>;
  close(): Promise<void>;
}

/** SQLite in the data folder; or a private PostgreSQL, with a private Redis that wakes the workers. */
export function openStorage(backend: Backend): Promise<Storage> {
  return backend === "sqlite" ? sqliteStorage() : postgresStorage();
}

async function sqliteStorage(): Promise<Storage> {
  const size = (path: string): Promise<number> =>
    stat(path).then(
      (found) => found.size,
      () => 0,
    );
  return {
    env: {},
    sizes: async (data) => ({
      database: await size(join(data, "tieline.db")),
      log: await size(join(data, "tieline.db-wal")),
    }),
    async read(data) {
      const sql = openSql(join(data, "tieline.db"), "reader");
      return { all: async <Row>(text: string) => sql.all<Row>(text), close: async () => sql.close() };
    },
    close: async () => undefined,
  };
}

async function postgresStorage(): Promise<Storage> {
  const server = await startPostgres();
  const endServer = atEnd(() => server.close());
  const redis = await startRedis();
  const endRedis = atEnd(() => redis.close());
  const connect = async (): Promise<Client> => {
    const client = new Client({
      connectionString: server.url,
      options: "-c search_path=tieline",
      types: { getTypeParser: (oid) => (text: string) => (NUMBERS.has(oid) ? Number(text) : text) },
    });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  };
  const watch = await connect();
  return {
    env: { TIELINE_STORAGE: server.url, TIELINE_DISPATCH: `redis://127.0.0.1:${redis.port}` },
    async sizes() {
      const { rows } = await watch.query<{ database: number; log: number }>(
        `SELECT pg_database_size(current_database()) AS database,
           (SELECT sum(size)::bigint FROM pg_ls_waldir()) AS log`,
      );
      return rows[0] ?? { database: 0, log: 0 };
    },
    async read() {
      const client = await connect();
      return {
        all: async <Row>(text: string) => (await client.query(text)).rows as Row[],
        close: () => client.end(),
      };
    },
    async close() {
      await watch.end().catch(() => undefined);
      await endRedis();
      await endServer();
    },
  };
}

/** The types bigint, smallint, integer, numeric, double precision. */
const NUMBERS = new Set([20, 21, 23, 1700, 701]);
