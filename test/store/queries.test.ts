import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSqliteQueries, sqliteQueries } from "../../src/backend/sqlite/queries.ts";
import { openSql, type Sql } from "../../src/backend/sqlite/sql.ts";
import { DATABASE, openSqliteStore } from "../../src/backend/sqlite/store.ts";
import type { Store } from "../../src/store/store.ts";
import { describeAccess } from "../conformance/access.ts";
import { describeAttempts } from "../conformance/attempts.ts";
import { describeErrorGroups } from "../conformance/error-groups.ts";
import { describeExchanges } from "../conformance/exchanges.ts";
import { combinations, describeQueries, fillForQueries, T0 } from "../conformance/queries.ts";
import { describeRetentionState } from "../conformance/retention.ts";

const openBoth = async () => {
  const folder = mkdtempSync(join(tmpdir(), "queries-"));
  const store = openSqliteStore(folder);
  const queries = openSqliteQueries(folder);
  return {
    store,
    queries,
    async dispose() {
      await queries.close();
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
};
describeQueries("sqlite", openBoth);
describeAccess("sqlite", openBoth);
describeRetentionState("sqlite", openBoth);
describeErrorGroups("sqlite", openBoth);
describeExchanges("sqlite", openBoth);
describeAttempts("sqlite", openBoth);

let folder: string;
let store: Store;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "queries-"));
  store = openSqliteStore(folder);
  await fillForQueries(store);
});

afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

/** The same connection, noting how the database finds what each statement asks for. */
function explained(inner: Sql, plans: { text: string; plan: string }[]): Sql {
  const note = (text: string, values: unknown[]): void => {
    const rows = inner.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${text}`, ...(values as string[]));
    for (const row of rows) plans.push({ text, plan: row.detail });
  };
  return {
    ...inner,
    all: (text, ...values) => {
      note(text, values);
      return inner.all(text, ...values);
    },
    get: (text, ...values) => {
      note(text, values);
      return inner.get(text, ...values);
    },
  };
}

/** `flow` and `route` number in tens, `forgotten` has five rows, `muted_cause` those that people made; json_each reads a value at hand; a walk down the primary key stops at its limit. */
function isCheap(plan: string): boolean {
  if (/USE TEMP B-TREE/.test(plan)) return false;
  if (!/\bSCAN\b/.test(plan)) return true;
  return /SCAN (flow|route|forgotten|muted_cause|json_each|o|\(subquery-\d+\)|CONSTANT ROW)( |$)/.test(plan);
}

test("no list and no look-up scans or sorts a table that grows", async () => {
  const inner = openSql(join(folder, DATABASE), "reader");
  const plans: { text: string; plan: string }[] = [];
  const reader = sqliteQueries(explained(inner, plans));
  for (const filter of combinations()) {
    for (const before of [null, 700]) await reader.messages(filter, { before, limit: 20 });
  }
  await reader.message(1);
  await reader.message(38);
  for (const before of [null, { startedAt: T0 + 1, attempt: 2 }])
    await reader.attempts(1, { before, limit: 10 });
  await reader.raw(1, null);
  await reader.raw(2, 10);
  await reader.rejects(1, { before: null, limit: 10 });
  await reader.files({}, { before: null, limit: 10 });
  await reader.files({ flow: "erp" }, { before: null, limit: 10 });
  await reader.file(1);
  await reader.slots("erp", { before: null, limit: 10 });
  await reader.audit({ before: null, limit: 10 });
  await reader.pending(T0);
  await reader.queuedLanes();
  await reader.retention(T0);
  await reader.ping();
  const dear = plans.filter((one) => !isCheap(one.plan) && !/FROM (flow|route|tally)\b/.test(one.text));
  expect(dear).toEqual([]);
  expect(plans.length).toBeGreaterThan(100);
  await reader.close();
});

test("groups of errors are read from the indexes of what fails alone", async () => {
  const inner = openSql(join(folder, DATABASE), "reader");
  const plans: { text: string; plan: string }[] = [];
  const reader = sqliteQueries(explained(inner, plans));
  for (const state of ["parked", "rejected"] as const) {
    const { groups } = await reader.errorGroups({ state, now: T0 });
    expect(groups.length).toBeGreaterThan(1);
    for (const { cause } of groups) await reader.messages({ cause }, { before: null, limit: 20 });
  }
  expect(plans.filter(({ plan }) => /SCAN (message|delivery)|ORDER BY/.test(plan))).toEqual([]);
  expect(plans.some(({ plan }) => /COVERING INDEX message_failing/.test(plan))).toBe(true);
  await reader.close();
});

test("what is counted for the overview is read from indexes", async () => {
  const inner = openSql(join(folder, DATABASE), "reader");
  const plans: { text: string; plan: string }[] = [];
  const reader = sqliteQueries(explained(inner, plans));
  await reader.unfinished();
  await reader.fileTotals(T0);
  await reader.files({ since: T0 }, { before: null, limit: 10 });
  await reader.files({ since: T0, flow: "erp" }, { before: null, limit: 10 });
  expect(plans.length).toBeGreaterThan(10);
  expect(plans.filter(({ plan }) => /SCAN (message|delivery|file|f)\b/.test(plan))).toEqual([]);
  await reader.close();
});

test("books read a flow's own part of the tally", async () => {
  const inner = openSql(join(folder, DATABASE), "reader");
  const plans: { text: string; plan: string }[] = [];
  const reader = sqliteQueries(explained(inner, plans));
  const books = await reader.books("erp", T0 - 3_600_000, T0 + 3_600_000);
  expect(plans.filter((one) => /FROM tally/.test(one.text) && /SCAN tally/.test(one.plan))).toEqual([]);
  expect(books.accepted).toBe(5);
  await reader.close();
});

test("the read connection cannot write", () => {
  const reader = openSql(join(folder, DATABASE), "reader");
  expect(() => reader.run("UPDATE flow SET name = 'x'")).toThrow();
  reader.close();
});
