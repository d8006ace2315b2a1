import { expect, test } from "vitest";
import type { Admission, Receipt } from "../../src/control/engine.ts";
import { flowDefinition, type TestEngine, testEngine } from "./setup.ts";

interface Sent {
  readonly customer?: string;
  readonly n: number;
  readonly event: string;
}

/** What one request brings. */
function request(engine: TestEngine, ...sent: readonly Sent[]): readonly Admission[] {
  const { id, version } = engine.flow("events");
  return sent.map(({ event, ...value }, index) => ({
    flow: id,
    flowVersion: version,
    body: Buffer.from(JSON.stringify(value)),
    ...{ contentType: "application/json", headers: null, traceparent: null },
    ...{ key: undefined, event },
    ...(index + 1 < sent.length ? { withNext: true } : {}),
  }));
}

/** Each request's receipts in few words. */
function words(receipts: readonly Receipt[]): readonly string[] {
  return receipts.map((one) =>
    "error" in one ? one.error.code : one.duplicate ? `again ${one.id}` : one.id,
  );
}

function stored(engine: TestEngine): readonly string[] {
  return engine.sql
    .all<{ place: number; id: string }>("SELECT message AS place, id FROM event ORDER BY message")
    .map(({ place, id }) => `${id} m-${place}`);
}

async function within(work: (engine: TestEngine) => Promise<void>): Promise<void> {
  const engine = await testEngine([await flowDefinition("events", {}, `{ "id": "a", "kind": "note" }`)]);
  try {
    await work(engine);
  } finally {
    await engine.dispose();
  }
}

test("what one request brought is stored in its order, and known again within it and later", async () => {
  await within(async (engine) => {
    const sent = request(
      engine,
      { customer: "b", n: 1, event: "e1" },
      { customer: "a", n: 2, event: "e2" },
      { customer: "b", n: 1, event: "e1" },
      { customer: "a", n: 3, event: "e0" },
    );
    const [first, second, again, third] = words(await engine.engine.admit(sent));
    expect(again).toBe(`again ${first}`);
    expect(stored(engine)).toEqual([`e1 ${first}`, `e2 ${second}`, `e0 ${third}`]);
    expect(words(await engine.engine.admit(sent))).toEqual(
      [first, second, first, third].map((id) => `again ${id}`),
    );
    expect(stored(engine)).toHaveLength(3);
  });
});

test("one that has no key has all of its request refused, and no other", async () => {
  await within(async (engine) => {
    const receipts = await engine.engine.admit([
      ...request(engine, { customer: "a", n: 0, event: "before" }),
      ...request(
        engine,
        { customer: "a", n: 1, event: "e1" },
        { n: 2, event: "e2" },
        { customer: "a", n: 3, event: "e3" },
      ),
      ...request(engine, { customer: "a", n: 4, event: "behind" }),
    ]);
    const [before, first, second, third, behind] = words(receipts);
    expect([first, second, third]).toEqual(["TL_KEY_MISSING", "TL_KEY_MISSING", "TL_KEY_MISSING"]);
    expect(receipts[1]).toMatchObject({
      error: { message: expect.stringContaining("item 1 of the batch, counted from 0") as string },
    });
    expect(stored(engine)).toEqual([`before ${before}`, `behind ${behind}`]);
  });
});

test("an event id with another body has all of its request refused, in one lot and later", async () => {
  await within(async (engine) => {
    const receipts = await engine.engine.admit([
      ...request(
        engine,
        { customer: "a", n: 1, event: "e1" },
        { customer: "a", n: 2, event: "e2" },
        { customer: "a", n: 3, event: "e1" },
      ),
      // They are no repetition of what was refused.
      ...request(engine, { customer: "a", n: 9, event: "e1" }, { customer: "a", n: 2, event: "e2" }),
    ]);
    const reused = "TL_IDEMPOTENCY_REUSED";
    const [one, other] = words(receipts).slice(3);
    expect(words(receipts).slice(0, 3)).toEqual([reused, reused, reused]);
    expect(stored(engine)).toEqual([`e1 ${one}`, `e2 ${other}`]);
    const later = request(engine, { customer: "a", n: 5, event: "e3" }, { customer: "a", n: 5, event: "e2" });
    expect(words(await engine.engine.admit(later))).toEqual([reused, reused]);
    expect(stored(engine)).toHaveLength(2);
  });
});
