import Database from "libsql";
import AsyncDatabase from "libsql/promise";

export type SqlValue = string | number | bigint | Uint8Array | null;

/**
 * The few calls the SQLite backend needs, so that another binding can take libsql's place. Everything is synchronous but
 * a large commit.
 */
export interface Sql {
  /** Runs one statement that returns nothing; gives the number of rows changed. Statements are prepared once and kept. */
  run(text: string, ...values: SqlValue[]): number;
  /** As `run`, with the values as one array: many are passed on without being copied. */
  runWith(text: string, values: readonly SqlValue[]): number;
  all<Row>(text: string, ...values: SqlValue[]): Row[];
  get<Row>(text: string, ...values: SqlValue[]): Row | undefined;
  /** Several statements without values. */
  script(text: string): void;
  begin(): void;
  /**
   * Ends the transaction. One that changed many rows is written, synced and checkpointed in a thread of the binding's, so
   * that this one works on meanwhile; nothing may be asked of the connection until then.
   */
  commit(): Promise<void>;
  close(): void;
}

/** Rows changed by a transaction from which on its commit leaves the thread. For few the way there costs more than it spares. */
const LARGE = 200;

/**
 * Opens a database file. The writer is the only connection that writes and checkpoints (SQLite 3.45 has the WAL-reset
 * fault, which needs two); readers open read-only.
 */
export function openSql(path: string, mode: "writer" | "reader", cacheKiB = 16_384): Sql {
  const database = new Database(path, { timeout: 5000, ...(mode === "reader" ? { readonly: true } : {}) });
  const prepared = new Map<string, Database.Statement>();
  const statement = (text: string): Database.Statement => {
    let found = prepared.get(text);
    if (found === undefined) {
      found = database.prepare(text);
      prepared.set(text, found);
    }
    return found;
  };
  database.exec(`PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -${cacheKiB};`);
  if (mode === "writer") {
    database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; PRAGMA wal_autocheckpoint = 8000;",
    );
  } else {
    database.exec("PRAGMA wal_autocheckpoint = 0; PRAGMA query_only = ON;");
  }
  let changed = 0;
  const run = (text: string, values: readonly SqlValue[]): number => {
    const { changes } = statement(text).run(values);
    changed += changes;
    return changes;
  };
  return {
    // Always one array: libsql copies a list of arguments twice, and takes a lone buffer for an object of named ones.
    run: (text, ...values) => run(text, values),
    runWith: run,
    all: <Row>(text: string, ...values: SqlValue[]) => statement(text).all(values) as Row[],
    // libsql's own `get` adds a member to the row.
    get: <Row>(text: string, ...values: SqlValue[]) => statement(text).all(values)[0] as Row | undefined,
    script: (text) => {
      database.exec(text);
    },
    begin() {
      changed = 0;
      database.exec("BEGIN IMMEDIATE");
    },
    async commit() {
      // Both kinds of database of the binding are the same connection inside.
      if (changed >= LARGE) await AsyncDatabase.prototype.exec.call(database, "COMMIT");
      else database.exec("COMMIT");
    },
    close: () => {
      prepared.clear();
      database.close();
    },
  };
}
