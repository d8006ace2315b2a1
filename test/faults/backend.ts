import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Pool } from "pg";
import { PARSERS } from "../../src/backend/postgres/sql.ts";
import { openSql } from "../../src/backend/sqlite/sql.ts";
import { DATABASE } from "../../src/backend/sqlite/store.ts";
import { ask, type TestServer } from "../fakes/postgres.ts";

/** What a hub keeps its messages in. */
export const TECHNOLOGIES = ["sqlite", "postgres"] as const;
export type Technology = (typeof TECHNOLOGIES)[number];

/** Where a store keeps its rows, and how a judge reads them: by SQL, on a connection that is not the hub's. */
export interface StorePlace {
  readonly technology: Technology;
  /** What tells a hub of it. */
  readonly env: Readonly<Record<string, string>>;
  /** Rows; `?` stands for a value. Both technologies have the tables and columns that the books are read from. */
  all<Row>(text: string, ...values: readonly (string | number)[]): Promise<Row[]>;
  /** What was stored is gone. */
  remove(): Promise<void>;
}

export interface Backend {
  readonly technology: Technology;
  /** A place that nobody has used. @param data the hub's data folder */
  place(data: string): Promise<StorePlace>;
}

/** Hubs that keep their store in their data folder; a reader of SQLite holds nobody up. */
export const sqliteBackend: Backend = {
  technology: "sqlite",
  place: async (data) => ({
    technology: "sqlite",
    env: {},
    async all<Row>(text: string, ...values: readonly (string | number)[]) {
      const path = join(data, DATABASE);
      if (!existsSync(path)) throw new Error(`there is no database in ${data}`);
      const sql = openSql(path, "reader");
      try {
        return sql.all<Row>(text, ...values);
      } finally {
        sql.close();
      }
    },
    remove: async () => undefined,
  }),
};

/**
 * Hubs whose store is a schema of this server.
 * @param port another port of loopback that leads to it, for the hub alone: a line that a fault may cut
 */
export function postgresBackend(server: TestServer, port?: number): Backend {
  return {
    technology: "postgres",
    async place() {
      const schema = `fault_${randomBytes(6).toString("hex")}`;
      const url = new URL(server.url);
      if (port !== undefined) url.port = String(port);
      url.searchParams.set("schema", schema);
      const pool = new Pool({
        ...{ connectionString: server.url, types: PARSERS, max: 2, allowExitOnIdle: true },
        options: `-c search_path=${schema}`,
      });
      // That the server has died is told by the next question too.
      pool.on("error", () => undefined);
      return {
        technology: "postgres",
        env: { TIELINE_STORAGE: url.href },
        async all<Row>(text: string, ...values: readonly (string | number)[]) {
          let n = 0;
          const { rows } = await pool.query(
            text.replaceAll("?", () => `$${++n}`),
            [...values],
          );
          return rows as Row[];
        },
        async remove() {
          await pool.end();
          await ask(server.url, `DROP SCHEMA IF EXISTS ${schema} CASCADE`);
        },
      };
    },
  };
}
