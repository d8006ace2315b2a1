import Database from "libsql";

export type SqlValue = string | number | bigint | Uint8Array | null;

/** The few calls the SQLite backend needs, so that another binding can take libsql's place. Everything is synchronous. */
export interface Sql {
  /** Runs one statement that returns nothing; gives the number of rows changed. Statements are prepared once and kept. */
  run(text: string, ...values: SqlValue[]): number;
  /** As `run`, with the values as one array: many are passed on without being copied. */
  runWith(text: string, values: readonly SqlValue[]): number;
  all<Row>(text: string, ...values: SqlValue[]): Row[];
  get<Row>(text: string, ...values: SqlValue[]): Row | undefined;
  /** Several statements without values. */
  script(text: string): void;
  close(): void;
}

/**
 * Opens a database file. The writer is the only connection that writes and checkpoints (SQLite 3.45 has the WAL-reset
 * fault, which needs two); readers open read-only.
 */
export function openSql(path: string, mode: "writer" | "reader"): Sql {
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
  database.exec("PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192;");
  if (mode === "writer") {
    // Everybody waits for a checkpoint: 2,000 pages take a few milliseconds, four times as many take tens.
    database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; PRAGMA wal_autocheckpoint = 2000;",
    );
  } else {
    database.exec("PRAGMA wal_autocheckpoint = 0; PRAGMA query_only = ON;");
  }
  return {
    // Always one array: libsql copies a list of arguments twice, and takes a lone buffer for an object of named ones.
    run: (text, ...values) => Number(statement(text).run(values).changes),
    runWith: (text, values) => Number(statement(text).run(values).changes),
    all: <Row>(text: string, ...values: SqlValue[]) => statement(text).all(values) as Row[],
    // libsql's own `get` adds a member to the row.
    get: <Row>(text: string, ...values: SqlValue[]) => statement(text).all(values)[0] as Row | undefined,
    script: (text) => {
      database.exec(text);
    },
    close: () => {
      prepared.clear();
      database.close();
    },
  };
}
