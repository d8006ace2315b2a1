import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { openBench } from "../api/setup.ts";
import { deskWith } from "../browser/desk.ts";
import { operationTypes } from "./operations.ts";

test("the dashboard's types are those of the API; else run `npm run dashboard:types`", async () => {
  const bench = await openBench({ desk: (crm) => deskWith(crm) });
  const made = operationTypes(bench.app);
  await bench.close();
  const kept = new URL("../../src/dashboard/api/operations.ts", import.meta.url);
  expect(readFileSync(kept, "utf8")).toBe(made);
  expect(made).toContain('"GET /messages"');
});
