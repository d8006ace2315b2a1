import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openSqliteQueries } from "../../../src/backend/sqlite/queries.ts";
import { openSql } from "../../../src/backend/sqlite/sql.ts";
import { DATABASE, openSqliteStore } from "../../../src/backend/sqlite/store.ts";
import { fillForQueries } from "../../conformance/queries.ts";

test("what failed under an older program is grouped by cause as if it had failed under this one", async () => {
  const folder = mkdtempSync(join(tmpdir(), "migrate-"));
  const store = openSqliteStore(folder);
  await fillForQueries(store);
  await store.close();
  const groups = async () => {
    const queries = openSqliteQueries(folder);
    const found = [];
    for (const state of ["parked", "rejected"] as const)
      found.push(await queries.errorGroups({ state, now: Date.now() }));
    await queries.close();
    return found;
  };
  const before = await groups();
  const sql = openSql(join(folder, DATABASE), "writer");
  for (const table of ["message", "delivery"])
    sql.script(`DROP INDEX ${table}_failing; ALTER TABLE ${table} DROP COLUMN fingerprint`);
  for (const column of ["exchange", "body"]) sql.script(`ALTER TABLE attempt DROP COLUMN ${column}`);
  // What came after it.
  sql.script(
    "DROP INDEX message_late; DROP INDEX delivery_late; DROP INDEX file_started; DROP TABLE muted_cause",
  );
  sql.script("PRAGMA user_version = 7");
  sql.close();
  await openSqliteStore(folder).close();
  expect(await groups()).toEqual(before);
  expect(before.map(({ groups: found }) => found.length > 1)).toEqual([true, true]);
  rmSync(folder, { recursive: true });
});
