import { expect, test } from "vitest";
import { messageTable } from "../../../src/backend/sqlite/message-table.ts";
import { migrate } from "../../../src/backend/sqlite/migrate.ts";
import { readPending } from "../../../src/backend/sqlite/query-pending.ts";
import { openSql } from "../../../src/backend/sqlite/sql.ts";

test("what looks for queued work never walks finished messages, of which there are ever more", async () => {
  const sql = openSql(":memory:", "writer");
  migrate(sql);
  sql.run("INSERT INTO flow (id, name) VALUES (1, 'customers')");
  const plans: string[] = [];
  const noting: typeof sql = {
    ...sql,
    all: (text, ...values) => {
      const steps = sql.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${text}`, ...values);
      plans.push(...steps.map((step) => step.detail).filter((detail) => /\bmessage_(?!body)/.test(detail)));
      return sql.all(text, ...values);
    },
    get: (text, ...values) => noting.all<never>(text, ...values)[0],
  };
  const messages = messageTable(noting, () => 1);
  await messages.queued(1, 0, 10);
  await messages.withQueued([1]);
  await messages.open();
  await messages.openOnVersion(1);
  readPending(noting, 0);
  sql.close();
  expect(plans.length).toBeGreaterThanOrEqual(7);
  expect(plans.filter((plan) => !/INDEX message_(queued|open|state)\b/.test(plan))).toEqual([]);
});

test("event ids are freed by what names them, however many a flow has", async () => {
  const sql = openSql(":memory:", "writer");
  migrate(sql);
  const plans: string[] = [];
  const noting: typeof sql = {
    ...sql,
    run: (text, ...values) => {
      const steps = sql.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${text}`, ...values);
      plans.push(...steps.map((step) => step.detail).filter((detail) => /\bevent\b/.test(detail)));
      return sql.run(text, ...values);
    },
  };
  await messageTable(noting, () => 1).freeEvents([1, 2]);
  sql.close();
  expect(plans).toEqual(["SEARCH event USING PRIMARY KEY (flow=? AND id=?)"]);
});
