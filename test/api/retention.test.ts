import { afterAll, beforeAll, expect, test } from "vitest";
import { retentionFindings } from "../../src/doctor/retention.ts";
import { message } from "../conformance/store.ts";
import { type Bench, openBench, problemIn } from "./setup.ts";

const DAY = 86_400_000;
const NOW = Date.now();

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
  await bench.store.transaction(async (tx) => {
    await tx.flows.deploy("any", "h", { "flow.yaml": "x" }, ["crm.customer"], 1);
    const ended = { state: "done", outcomes: { "*": "applied" } } as const;
    await tx.messages.insert(
      [200, 100].map((ago) => ({ ...message("k"), ...ended, acceptedAt: NOW - ago * DAY })),
    );
    await tx.retention.messages(1, { after: 0, before: NOW - 150 * DAY }, NOW, 10);
    await tx.retention.swept(NOW);
  });
});
afterAll(() => bench?.close());

test("retention shows the rules, what was forgotten, and the oldest that is to go next", async () => {
  expect(await (await bench.get("/api/v1/retention")).json()).toEqual({
    rules: { messages: 90 * DAY, files: 365 * DAY, bundles: 365 * DAY, alerts: 365 * DAY },
    flows: [{ flow: "any", keep: 90 * DAY, own: false, oldest: new Date(NOW - 100 * DAY).toISOString() }],
    forgotten: { messages: 1, files: 0, bundles: 0, alerts: 0 },
    sweptAt: new Date(NOW).toISOString(),
    nextAt: new Date(NOW + 3_600_000).toISOString(),
  });
});

test("a message that was forgotten is told from one that never was, in full and as received", async () => {
  for (const what of ["", "/raw"]) {
    const gone = await problemIn(bench, await bench.get(`/api/v1/messages/m-1${what}`));
    expect(gone).toMatchObject({ status: 404, detail: "this message is kept no more" });
    expect(gone["cure"]).toContain("retention");
    const never = await problemIn(bench, await bench.get(`/api/v1/messages/m-99${what}`));
    expect(never).toMatchObject({ status: 404, detail: "there is no message of this id" });
  }
  const file = await problemIn(bench, await bench.get("/api/v1/files/7"));
  expect(file).toMatchObject({ status: 404, detail: "there is no file of this id" });
});

test("the doctor tells of the machine, the store, flows and systems, and no secret", async () => {
  const text = await (await bench.get("/api/v1/doctor")).text();
  const report = JSON.parse(text) as { ok: boolean; items: { level: string; what: string; cure: string }[] };
  const levels = (what: string) => report.items.filter((one) => one.what === what).map((one) => one.level);
  for (const what of ["hub", "work", "node", "data folder", "fsync", "store", "system web"])
    expect(levels(what), what).toEqual(["ok"]);
  expect(report.ok).toBe(false);
  expect(levels("system down")).toEqual(["bad"]);
  expect(levels("retention")).toEqual(["warn"]);
  expect(text).not.toContain("secret text");
});

test("the doctor finds retention late only when sweeps do not get through", () => {
  const judge = (keep: number | null, ago: number) => {
    const flow = { flow: "any", keep, oldest: new Date(NOW - ago).toISOString() };
    return retentionFindings({ sweptAt: null, forgotten: { messages: 7 }, flows: [flow] }, NOW)[0];
  };
  expect(judge(DAY, 2 * DAY)).toMatchObject({
    level: "ok",
    found: "7 messages forgotten so far, no sweep yet",
  });
  expect(judge(null, 999 * DAY)?.level).toBe("ok");
  expect(judge(DAY, 4 * DAY)).toMatchObject({
    level: "warn",
    found: "any: the oldest finished message is 4d old, and kept for 1d",
  });
});
