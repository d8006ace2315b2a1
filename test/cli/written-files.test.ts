import { afterAll, beforeAll, expect, it } from "vitest";
import { type Bench, flowDefinition, flowStatus, openBench, TOKEN } from "../api/setup.ts";
import { type Run, run as runLine } from "./support.ts";

const SLOT = Date.parse("2026-11-28T01:00:00Z");
let bench: Bench;

function run(line: string): Promise<Run> {
  return runLine([
    "files",
    "written",
    ...line.split(" ").filter(Boolean),
    "--url",
    bench.url,
    "--token",
    TOKEN,
  ]);
}

beforeAll(async () => {
  bench = await openBench({
    entries: [{ definition: flowDefinition("nightly"), status: flowStatus(1, "nightly") }],
  });
  await bench.store.transaction(async (tx) => {
    await tx.flows.deploy("nightly", "a".repeat(64), { "flow.yaml": "x" }, ["erp.answers"], SLOT);
    for (const [index, state] of (["done", "fixed"] as const).entries()) {
      const slot = SLOT + index * 3_600_000;
      const begun = await tx.bundles.begin({ flow: 1, route: 1, slot, closes: true, startedAt: slot });
      if (begun === undefined) throw new Error("the slot is closed");
      const failure = { code: "TL_TARGET_UNAVAILABLE", message: "nobody answers" } as const;
      const kept = state === "fixed" ? { failure } : { answer: "a.csv, 47 bytes", finishedAt: slot };
      await tx.bundles.change({ ...begun, state, rows: 1200 + index, ...kept });
    }
  });
});
afterAll(() => bench?.close());

it("files that were written are listed with what keeps the others, newest first", async () => {
  const { code, out } = await run("");
  expect(code).toBe(0);
  expect(out).toMatch(/2 +.*nightly +erp\.answers +fixed +1,201 +nobody answers\n/);
  expect(out).toMatch(/1 +.*nightly +erp\.answers +done +1,200 +a\.csv, 47 bytes/);
  expect(out.indexOf("1,201")).toBeLessThan(out.indexOf("1,200"));
});

it("what matches is given as JSON, and that nothing does is said", async () => {
  expect((await run("--state done --json")).json()).toMatchObject({
    items: [{ state: "done", rows: 1200, answer: "a.csv, 47 bytes", failure: null }],
    next: null,
  });
  expect((await run("--state open")).out).toBe("No written file matches.\n");
  expect((await run("--flow nobody")).err).toContain("TL_NOT_FOUND");
  expect((await run("--limit 1")).out).toContain("more: add --next 2");
});
