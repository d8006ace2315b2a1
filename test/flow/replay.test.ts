import { expect, test } from "vitest";
import type { Outgoing, System } from "../../src/connector/contract.ts";
import { HubError } from "../../src/errors.ts";
import { flowDefinition, type TestEngine, testEngine } from "./setup.ts";

const NOTE = `{ "id": id, "kind": "note", "subject": customer, "text": $string(n) }`;
const BETTER = `{ "id": id, "kind": "note", "subject": customer, "text": "better " & $string(n) }`;
const ME = { actor: "test", reason: null };
const CURRENT = { version: "current", routes: [], allowStale: false } as const;
const OUT = { to: "out.notes", when: null, onPark: "block" } as const;
const CRM = { to: "crm.interaction", when: null, onPark: "block" } as const;

/** A target that refuses whatever has the text "1". */
function picky(): { readonly system: System; readonly got: Outgoing[] } {
  const got: Outgoing[] = [];
  const send = async (delivery: Outgoing) => {
    if (textOf(delivery) === "1") throw new HubError("TL_TARGET_REFUSED", "400");
    got.push(delivery);
    return { answer: "200" };
  };
  return {
    got,
    system: {
      sources: {},
      sinks: { notes: { idempotent: true, send } },
      check: async () => undefined,
      close: async () => undefined,
    },
  };
}

function textOf({ body }: Outgoing): string {
  return (body as { text: string }).text;
}

/** Two notes of one customer: the target has refused the first, and the second is held behind it. */
async function refused(
  routes: readonly (typeof OUT | typeof CRM)[],
  work: (engine: TestEngine, first: string, got: readonly Outgoing[]) => Promise<void>,
): Promise<void> {
  const { system, got } = picky();
  const engine = await testEngine([await flowDefinition("events", { routes }, NOTE)], { out: system });
  try {
    const first = await engine.post("events", { id: "a1", customer: "a", n: 1 });
    await engine.settled();
    await engine.post("events", { id: "a2", customer: "a", n: 2 });
    await engine.settled();
    expect(got).toEqual([]);
    await work(engine, first, got);
  } finally {
    await engine.dispose();
  }
}

async function change(engine: TestEngine, options: object, mapping: string): Promise<void> {
  await engine.change([await flowDefinition("events", { routes: [OUT], ...options }, mapping)]);
}

/** Books by route, without what is zero. */
function books(engine: TestEngine): unknown {
  return engine.sql.all(
    `SELECT r.target, t.outcome, sum(t.n) AS n FROM tally t JOIN route r ON r.id = t.route
     GROUP BY r.target, t.outcome HAVING sum(t.n) <> 0 ORDER BY r.target, t.outcome`,
  );
}

function heldDeliveries(engine: TestEngine): number {
  return engine.sql.get<{ n: number }>("SELECT count(*) AS n FROM delivery WHERE state = 2")?.n ?? -1;
}

test("a replayed delivery goes out before those held behind it, with the sequence it had", () =>
  refused([OUT], async (engine, first, got) => {
    await change(engine, {}, BETTER);
    const before = engine.sql.get<{ id: number }>("SELECT min(id) AS id FROM delivery")?.id;
    await engine.engine.replay(ME, { messages: [first] }, CURRENT);
    await engine.settled();
    expect(got.map(({ id }) => id)).toEqual([`${first}.out.notes.r1`, "m-2.out.notes"]);
    expect(got.map(textOf)).toEqual(["better 1", "2"]);
    expect(got[0]?.sequence).toBe(before);
    expect(got[1]?.sequence).toBeGreaterThan(before ?? Number.POSITIVE_INFINITY);
    expect(books(engine)).toEqual([{ target: "out.notes", outcome: "applied", n: 2 }]);
  }));

test("one that is refused again holds its key again, also after a restart", () =>
  refused([OUT], async (engine, first, got) => {
    await engine.engine.replay(ME, { messages: [first] }, CURRENT);
    await engine.settled();
    expect(got).toEqual([]);
    await engine.restart();
    await change(engine, {}, BETTER);
    await engine.engine.replay(ME, { messages: [first] }, CURRENT);
    await engine.settled();
    expect(got.map(({ id }) => id)).toEqual([`${first}.out.notes.r2`, "m-2.out.notes"]);
  }));

test("a replay that no longer goes to the route lets those behind it go", () =>
  refused([OUT], async (engine, first, got) => {
    await change(engine, { routes: [{ ...OUT, when: "n > 1" }] }, NOTE);
    await engine.engine.replay(ME, { messages: [first] }, CURRENT);
    await engine.settled();
    expect(got.map(textOf)).toEqual(["2"]);
    expect(heldDeliveries(engine)).toBe(0);
  }));

test("a replay that cannot be mapped goes on holding its key, until it is replayed again", () =>
  refused([OUT], async (engine, first, got) => {
    await change(engine, {}, `$error("no")`);
    await engine.engine.replay(ME, { messages: [first] }, CURRENT);
    await engine.settled();
    expect(got).toEqual([]);
    await change(engine, {}, BETTER);
    await engine.engine.replay(ME, { messages: [first] }, CURRENT);
    await engine.settled();
    expect(got.map(textOf)).toEqual(["better 1", "2"]);
  }));

test("a replay that cannot be mapped lets its key go when it is discarded", () =>
  refused([OUT], async (engine, first, got) => {
    await change(engine, {}, `$error("no")`);
    await engine.engine.replay(ME, { messages: [first] }, CURRENT);
    await engine.settled();
    await engine.engine.discard(ME, first);
    await engine.settled();
    expect(got.map(textOf)).toEqual(["2"]);
    expect(heldDeliveries(engine)).toBe(0);
    expect(books(engine)).toEqual([
      { target: "out.notes", outcome: "applied", n: 1 },
      { target: "out.notes", outcome: "discarded", n: 1 },
    ]);
  }));

test("a replay for one route that cannot be mapped counts on that route alone, and is mended for it alone", () =>
  refused([CRM, OUT], async (engine, first, got) => {
    const both = { routes: [CRM, OUT] };
    await change(engine, both, `$error("no")`);
    await engine.engine.replay(ME, { messages: [first] }, CURRENT);
    await engine.settled();
    expect(books(engine)).toEqual([
      { target: "crm.interaction", outcome: "applied", n: 2 },
      { target: "out.notes", outcome: "parked", n: 1 },
    ]);
    await change(engine, both, BETTER);
    await engine.engine.replay(ME, { messages: [first] }, CURRENT);
    await engine.settled();
    expect(got.map(textOf)).toEqual(["better 1", "2"]);
    expect(books(engine)).toEqual([
      { target: "crm.interaction", outcome: "applied", n: 2 },
      { target: "out.notes", outcome: "applied", n: 2 },
    ]);
  }));

test("a message that has had its effect in the CRM keeps its event when its delivery is discarded", async () => {
  const routes = [CRM, OUT];
  const { system, got } = picky();
  const engine = await testEngine([await flowDefinition("events", { routes }, NOTE)], { out: system });
  try {
    const happening = { id: "a1", customer: "a", n: 1 };
    const first = await engine.post("events", happening, { event: "e1" });
    await engine.settled();
    await change(engine, { routes }, `$error("no")`);
    await engine.engine.replay(ME, { messages: [first] }, CURRENT);
    await engine.settled();
    await engine.engine.discard(ME, first);
    expect(await engine.post("events", happening, { event: "e1" })).toBe(first);
    expect(books(engine)).toEqual([
      { target: "crm.interaction", outcome: "applied", n: 1 },
      { target: "out.notes", outcome: "discarded", n: 1 },
    ]);
    expect(got).toEqual([]);
  } finally {
    await engine.dispose();
  }
});
