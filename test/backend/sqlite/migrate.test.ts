import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { crmReads } from "../../../src/backend/sqlite/crm-reads.ts";
import { openSqliteQueries } from "../../../src/backend/sqlite/queries.ts";
import { openSql } from "../../../src/backend/sqlite/sql.ts";
import { DATABASE, openSqliteStore } from "../../../src/backend/sqlite/store.ts";
import { PARKED_BY_HAND } from "../../../src/message/parked-by-hand.ts";
import type { CrmWrites } from "../../../src/store/crm-tables.ts";
import { customer, NOTHING } from "../../conformance/crm-tables.ts";
import { fillForQueries } from "../../conformance/queries.ts";
import { message } from "../../conformance/store.ts";

/** The steps behind the seventh, undone. */
const UNDO = `DROP TRIGGER customer_renamed; DROP TABLE customer_name; DELETE FROM meta WHERE name = 'named';
  CREATE INDEX customer_folded ON customer (id >> 13, folded) WHERE alive = 1;
  CREATE INDEX event_expires ON event (expires); DROP TABLE muted_cause;
  DROP INDEX message_late; DROP INDEX delivery_late; DROP INDEX file_started;
  DROP INDEX message_failing; ALTER TABLE message DROP COLUMN fingerprint;
  DROP INDEX delivery_failing; ALTER TABLE delivery DROP COLUMN fingerprint;
  ALTER TABLE attempt DROP COLUMN exchange; ALTER TABLE attempt DROP COLUMN body; PRAGMA user_version = 7`;

function makeOlder(folder: string): void {
  const sql = openSql(join(folder, DATABASE), "writer");
  sql.script(UNDO);
  sql.close();
}

async function write(folder: string, writes: Partial<CrmWrites>): Promise<void> {
  const store = openSqliteStore(folder);
  await store.transaction((tx) => tx.crm.write({ ...NOTHING, ...writes }));
  await store.close();
}

test("customers that came under an older program are found by name, and by those they have later", async () => {
  const folder = mkdtempSync(join(tmpdir(), "migrate-"));
  const rows = ["meier", "maier", null].map((folded, at) => customer(at + 1, { folded }));
  await write(folder, { newCustomers: rows });
  makeOlder(folder);
  const renamed = customer(1, { folded: "meyer" });
  await write(folder, { newCustomers: [customer(4, { folded: "mayer" })], customers: [renamed] });
  const sql = openSql(join(folder, DATABASE), "reader");
  const found = await crmReads(sql).namedLike("m", null, 9);
  sql.close();
  expect(found.map(({ key, customer: id }) => `${key} ${id}`)).toEqual(["maier 2", "mayer 4", "meyer 1"]);
  rmSync(folder, { recursive: true });
});

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
  makeOlder(folder);
  await openSqliteStore(folder).close();
  expect(await groups()).toEqual(before);
  expect(before.map(({ groups: found }) => found.length > 1)).toEqual([true, true]);
  rmSync(folder, { recursive: true });
});

test("what a person parked under an older program is in the group of what people park", async () => {
  const folder = mkdtempSync(join(tmpdir(), "migrate-"));
  const store = openSqliteStore(folder);
  const [byHand = 0] = await store.transaction(async (tx) => {
    await tx.flows.deploy("erp", "h", { "flow.yaml": "x" }, [], 1);
    const parked = { ...message("k"), state: "parked" } as const;
    const failure = { code: "TL_EMITS_FAILED", message: "is bad" } as const;
    return tx.messages.insert([parked, { ...parked, failure }, message("k")]);
  });
  await store.close();
  makeOlder(folder);
  await openSqliteStore(folder).close();
  const queries = openSqliteQueries(folder);
  const { groups } = await queries.errorGroups({ state: "parked", now: 1 });
  await queries.close();
  expect(groups.toSorted((a, b) => a.sample - b.sample)).toMatchObject([
    { sample: byHand, count: 1, failure: PARKED_BY_HAND },
    { sample: byHand + 1, count: 1, failure: { message: "is bad" } },
  ]);
  rmSync(folder, { recursive: true });
});
