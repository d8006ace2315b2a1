import { expect, test } from "vitest";
import type { Outgoing, Sink, System } from "../../src/connector/contract.ts";
import { HubError } from "../../src/errors.ts";
import { flowDefinition, type TestEngine, testEngine } from "./setup.ts";

const NOTE = `{ "id": id, "kind": "note", "subject": customer, "text": $string(n) }`;

async function within(engine: TestEngine, work: (engine: TestEngine) => Promise<void>): Promise<void> {
  try {
    await work(engine);
  } finally {
    await engine.dispose();
  }
}

function target(
  answer: (delivery: Outgoing) => void,
  idempotent = true,
): { readonly system: System; readonly got: Outgoing[] } {
  const got: Outgoing[] = [];
  const sink: Sink = {
    idempotent,
    async send(delivery) {
      got.push(delivery);
      answer(delivery);
      return { answer: "200" };
    },
  };
  return {
    got,
    system: {
      sources: {},
      sinks: { notes: sink },
      check: async () => undefined,
      close: async () => undefined,
    },
  };
}

function subjects(engine: TestEngine): string[] {
  return engine.sql
    .all<{ body: string }>(`SELECT body FROM source_record WHERE entity = 1 ORDER BY external_id`)
    .map((row) => (JSON.parse(row.body) as { text: string }).text);
}

test("a message crosses from admission into the CRM", async () => {
  await within(
    await testEngine([await flowDefinition("events", { emits: "interaction.schema.json" }, NOTE)]),
    async (engine) => {
      const id = await engine.post("events", { id: "a1", customer: "k", n: 7 });
      await engine.settled();
      expect(subjects(engine)).toEqual(["7"]);
      const row = engine.sql.get<{ outcomes: string; state: number }>(
        "SELECT outcomes, state FROM message WHERE place = ?",
        Number(id.slice(2)),
      );
      expect(row).toEqual({ outcomes: '{"crm.interaction":"applied"}', state: 5 });
    },
  );
});

test("the same event is stored once, in one batch and later", async () => {
  await within(await testEngine([await flowDefinition("events", {}, NOTE)]), async (engine) => {
    const posts = await Promise.all(
      [1, 2, 3].map(() => engine.post("events", { id: "a", customer: "k", n: 1 }, { event: "e" })),
    );
    const later = await engine.post("events", { id: "a", customer: "k", n: 1 }, { event: "e" });
    expect(new Set([...posts, later]).size).toBe(1);
    const other = engine.post("events", { id: "a", customer: "k", n: 2 }, { event: "e" });
    await expect(other).rejects.toThrow("TL_IDEMPOTENCY_REUSED");
    await engine.settled();
    const tally = engine.sql.all<{ outcome: string; n: number }>(
      "SELECT outcome, sum(n) AS n FROM tally WHERE route = 0 GROUP BY outcome ORDER BY outcome",
    );
    expect(tally).toEqual([
      { outcome: "accepted", n: 1 },
      { outcome: "duplicate", n: 3 },
    ]);
    const { counters } = await engine.engine.status();
    expect(sumOf(counters, "end_to_end_bucket{")).toBe(1);
  });
});

test("a bad message is parked, holds back its own key only, and lets it go when it is discarded", async () => {
  const mapping = `n = 2 ? $error("no") : ${NOTE}`;
  await within(await testEngine([await flowDefinition("events", {}, mapping)]), async (engine) => {
    await engine.post("events", { id: "a1", customer: "a", n: 1 });
    const bad = await engine.post("events", { id: "a2", customer: "a", n: 2 });
    await engine.post("events", { id: "a3", customer: "a", n: 3 });
    await engine.post("events", { id: "b9", customer: "b", n: 9 });
    await engine.settled();
    expect(subjects(engine)).toEqual(["1", "9"]);
    await engine.engine.discard({ actor: "test", reason: "why not" }, bad);
    await engine.settled();
    expect(subjects(engine)).toEqual(["1", "3", "9"]);
    const audit = engine.sql.all<{ act: string; reason: string }>("SELECT act, reason FROM audit");
    expect(audit).toEqual([{ act: "discard", reason: "why not" }]);
  });
});

test("a parked message is mapped anew when it is replayed, and those behind it follow in order", async () => {
  const bad = await flowDefinition("events", {}, `n = 2 ? $error("no") : ${NOTE}`);
  const good = await flowDefinition("events", {}, NOTE);
  await within(await testEngine([bad]), async (engine) => {
    const id = await engine.post("events", { id: "a2", customer: "a", n: 2 });
    await engine.post("events", { id: "a3", customer: "a", n: 3 });
    await engine.settled();
    expect(subjects(engine)).toEqual([]);
    await engine.change([good]);
    const report = await engine.engine.replay(
      { actor: "test", reason: null },
      { messages: [id] },
      { version: "current", routes: [], allowStale: false },
    );
    expect(report.matched).toBe(1);
    await engine.settled();
    expect(subjects(engine)).toEqual(["2", "3"]);
    const order = engine.sql.all<{ external_id: string }>(
      "SELECT external_id FROM source_record WHERE entity = 1 ORDER BY id",
    );
    expect(order.map((row) => row.external_id)).toEqual(["a2", "a3"]);
  });
});

test("messages accepted under an old version finish on it, also after a restart", async () => {
  const first = await flowDefinition("events", {}, NOTE);
  const second = await flowDefinition("events", {}, `{ "id": id, "kind": "note", "text": "second" }`);
  await within(await testEngine([first]), async (engine) => {
    await engine.engine.pause({ actor: "t", reason: null }, "events", "deliver");
    await engine.post("events", { id: "a1", customer: "a", n: 1 });
    await engine.restart([second]);
    await engine.post("events", { id: "a2", customer: "a", n: 2 });
    await engine.engine.resume({ actor: "t", reason: null }, "events", "deliver");
    await engine.settled();
    expect(subjects(engine)).toEqual(["1", "second"]);
  });
});

test("deliveries of a key go out in order through retries, and other keys do not wait", async () => {
  let failures = 2;
  const { system, got } = target((delivery) => {
    if ((delivery.body as { id: string }).id === "a1" && failures > 0) {
      failures -= 1;
      throw new HubError("TL_TARGET_FAILED", "500");
    }
  });
  const routes = [{ to: "out.notes", when: null, onPark: "block" }] as const;
  await within(
    await testEngine([await flowDefinition("events", { routes }, NOTE)], { out: system }),
    async (engine) => {
      await engine.post("events", { id: "a1", customer: "a", n: 1 });
      await engine.post("events", { id: "a2", customer: "a", n: 2 });
      await engine.post("events", { id: "b1", customer: "b", n: 3 });
      await expect.poll(() => got.length, { timeout: 5000 }).toBe(5);
      await engine.settled();
      const ids = got.map((delivery) => (delivery.body as { id: string }).id);
      expect(ids.filter((id) => id.startsWith("a"))).toEqual(["a1", "a1", "a1", "a2"]);
      expect(ids.indexOf("b1")).toBeLessThan(ids.lastIndexOf("a1"));
      // Each try is counted, and its time taken, whatever came of it.
      const { counters } = await engine.engine.status();
      expect(sumOf(counters, "attempts{outcome=")).toBe(5);
      expect(sumOf(counters, "delivery_bucket{")).toBe(5);
      expect(sumOf(counters, "mapping_bucket{")).toBe(3);
      // These need a delivery, so their end is not the transform's.
      expect(sumOf(counters, "end_to_end_bucket{")).toBe(0);
      expect(
        new Set(
          got
            .filter((delivery) => (delivery.body as { id: string }).id === "a1")
            .map((delivery) => delivery.id),
        ).size,
      ).toBe(1);
    },
  );
});

test("a system that is down costs no retries; when it is back everything arrives", async () => {
  let down = true;
  const { system, got } = target(() => {
    if (down) throw new HubError("TL_TARGET_UNAVAILABLE", "refused", { retryAfter: 30 });
  });
  const routes = [{ to: "out.notes", when: null, onPark: "block" }] as const;
  await within(
    await testEngine([await flowDefinition("events", { routes }, NOTE)], { out: system }),
    async (engine) => {
      for (let n = 1; n <= 5; n++) await engine.post("events", { id: `a${n}`, customer: "a", n });
      await expect.poll(() => got.length, { timeout: 5000 }).toBeGreaterThan(4);
      down = false;
      await engine.settled();
      expect(got.at(-1)?.attempt).toBe(1);
      const done = engine.sql.get<{ n: number }>(
        "SELECT count(*) AS n FROM delivery WHERE outcome = 'applied'",
      );
      expect(done?.n).toBe(5);
    },
  );
});

test("refused credentials stop the route, and not the flow's other routes", async () => {
  let refused = true;
  const { system } = target(() => {
    if (refused) throw new HubError("TL_TARGET_ACCESS", "401");
  });
  const routes = [
    { to: "crm.interaction", when: null, onPark: "block" },
    { to: "out.notes", when: null, onPark: "block" },
  ] as const;
  await within(
    await testEngine([await flowDefinition("events", { routes }, NOTE)], { out: system }),
    async (engine) => {
      await engine.post("events", { id: "a1", customer: "a", n: 1 });
      await expect
        .poll(() =>
          engine.sql.get("SELECT stopped FROM route WHERE target = 'out.notes' AND stopped IS NOT NULL"),
        )
        .toBeDefined();
      expect(subjects(engine)).toEqual(["1"]);
      await engine.restart();
      refused = false;
      await engine.engine.resumeRoute({ actor: "t", reason: null }, "events", "out.notes");
      await engine.settled();
      expect(engine.sql.get("SELECT outcome FROM delivery")).toEqual({ outcome: "applied" });
    },
  );
});

test("a change does not go back to the system it came from", async () => {
  const { system, got } = target(() => undefined);
  const routes = [
    { to: "crm.interaction", when: null, onPark: "block" },
    { to: "shop.notes", when: null, onPark: "block" },
  ] as const;
  await within(
    await testEngine([await flowDefinition("events", { routes }, NOTE)], { shop: system }),
    async (engine) => {
      await engine.post("events", { id: "a1", customer: "a", n: 1 });
      await engine.settled();
      expect(got).toEqual([]);
      expect(engine.sql.get("SELECT outcomes FROM message")).toEqual({
        outcomes: '{"crm.interaction":"applied","shop.notes":"filtered"}',
      });
    },
  );
});

test("what the hub itself hands over does go to the system it is for", async () => {
  const { system, got } = target(() => undefined);
  const receive = () => {
    throw new Error("nobody posts here");
  };
  const shop = { ...system, sources: { events: { kind: "push", own: true, receive } as const } };
  const routes = [{ to: "shop.notes", when: null, onPark: "block" }] as const;
  await within(
    await testEngine([await flowDefinition("events", { routes }, NOTE)], { shop }),
    async (engine) => {
      await engine.post("events", { id: "a1", customer: "a", n: 1 });
      await expect.poll(() => got.length, { timeout: 5000 }).toBe(1);
    },
  );
});

test("a change of a customer reaches the subscribers of its topic in the same transaction", async () => {
  const { system, got } = target(() => undefined);
  const customers = await flowDefinition(
    "customers",
    { routes: [{ to: "crm.customer", when: null, onPark: "block" }], key: "id", carries: "state" },
    `{ "id": id, "name": { "full": name } }`,
  );
  const out = await flowDefinition("out", {
    source: { topic: "customer.changed" },
    key: "id",
    routes: [{ to: "out.notes", when: null, onPark: "block" }],
  });
  await within(await testEngine([customers, out], { out: system }), async (engine) => {
    await engine.post("customers", { id: "1", name: "Ann" });
    await engine.post("customers", { id: "1", name: "Ann" });
    await engine.post("customers", { id: "1", name: "Anna" });
    await expect.poll(() => got.length, { timeout: 5000 }).toBe(2);
    await engine.settled();
    expect(got.map((delivery) => (delivery.body as { name: { full: string } }).name.full)).toEqual([
      "Ann",
      "Anna",
    ]);
  });
});

function sumOf(counters: Readonly<Record<string, number>>, prefix: string): number {
  return Object.entries(counters)
    .filter(([name]) => name.startsWith(prefix))
    .reduce((sum, [, n]) => sum + n, 0);
}

test("a change of the key comes into force by itself when what was under way has ended", async () => {
  const by = { actor: "test", reason: null };
  const written = { emits: "interaction.schema.json" };
  await within(await testEngine([await flowDefinition("events", written, NOTE)]), async (engine) => {
    await engine.engine.pause(by, "events", "deliver");
    await engine.post("events", { id: "a1", customer: "k", n: 1 });
    const before = engine.flow("events").version;
    await engine.change([await flowDefinition("events", { ...written, key: "id" }, NOTE)]);
    const problem = async () => (await engine.engine.status()).flows[0]?.problem;
    await expect.poll(problem).toContain("the change of `key` waits");
    expect(engine.flow("events").version).toBe(before);
    await engine.engine.resume(by, "events", "deliver");
    await expect.poll(() => engine.flow("events").version, { timeout: 10_000 }).toBeGreaterThan(before);
    await expect.poll(problem, { timeout: 10_000 }).toBeNull();
    expect(subjects(engine)).toEqual(["1"]);
  });
});

test("what the front read by the version before a deploy is keyed by the one in force", async () => {
  const written = { emits: "interaction.schema.json" };
  await within(await testEngine([await flowDefinition("events", written, NOTE)]), async (engine) => {
    const before = engine.flow("events");
    await engine.change([await flowDefinition("events", { ...written, key: "id" }, NOTE)]);
    await expect.poll(() => engine.flow("events").version).toBeGreaterThan(before.version);
    await engine.engine.admit([
      {
        flow: before.id,
        flowVersion: before.version,
        body: Buffer.from(JSON.stringify({ id: "a1", customer: "k", n: 1 })),
        ...{ contentType: "application/json", headers: null, traceparent: null },
        ...{ key: "k", event: "its sender's" },
      },
    ]);
    const stored = engine.sql.all<{ key: string }>("SELECT key FROM message");
    expect(stored.map(({ key }) => key)).toEqual(["a1"]);
    expect(engine.sql.all("SELECT id FROM event")).toEqual([{ id: "its sender's" }]);
  });
});
