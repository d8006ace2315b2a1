/** The bare database: rows that lie ready go into a staging table, then one statement moves them. */
import { join } from "node:path";
import type * as SqlModule from "../../src/backend/sqlite/sql.ts";
import { answerParent } from "./child.ts";
import { compiled } from "./compiled.ts";
import { COLUMNS, shopCustomer } from "./customer.ts";

const { openSql } = await compiled<typeof SqlModule>("src/backend/sqlite/sql");
/** Rows of one statement, and of one transaction. */
const WIDE = 50;
const COMMIT = 5_000;

const columns = COLUMNS.map((name) => `"${name}" TEXT`).join(", ");
const SCHEMA = `
  CREATE TABLE staging (${columns});
  CREATE TABLE customer (${columns.replace('"number" TEXT', '"number" TEXT PRIMARY KEY')}) WITHOUT ROWID;
  CREATE INDEX customer_email ON customer (email);
  CREATE INDEX customer_phone ON customer (phone);`;
const names = COLUMNS.map((name) => `"${name}"`).join(", ");
const one = `(${COLUMNS.map(() => "?").join(",")})`;
const STAGE = `INSERT INTO staging (${names}) VALUES ${Array(WIDE).fill(one).join(",")}`;
const updates = COLUMNS.slice(1).map((name) => `"${name}" = excluded."${name}"`);
const MERGE = `INSERT INTO customer (${names}) SELECT ${names} FROM staging WHERE true
  ON CONFLICT ("number") DO UPDATE SET ${updates.join(", ")}`;

await answerParent(async ({ folder }: { readonly folder: string }) => {
  const sql = openSql(join(folder, "raw.db"), "writer");
  sql.script(SCHEMA);
  return async ({ rows }: { readonly rows: number }) => {
    const whole = Math.ceil(rows / WIDE) * WIDE;
    let seconds = 0;
    for (let n = 1; n <= whole; n += COMMIT) {
      const ready: string[][] = [];
      for (let at = n; at < Math.min(n + COMMIT, whole + 1); at += WIDE) {
        ready.push(
          Array.from({ length: WIDE }, (_, index) => Object.values(shopCustomer(at + index))).flat(),
        );
      }
      const started = performance.now();
      sql.script("BEGIN");
      for (const values of ready) sql.run(STAGE, ...values);
      sql.script("COMMIT");
      seconds += (performance.now() - started) / 1000;
    }
    const started = performance.now();
    sql.script("BEGIN");
    sql.run(MERGE);
    sql.script("DELETE FROM staging; COMMIT;");
    return seconds + (performance.now() - started) / 1000;
  };
});
