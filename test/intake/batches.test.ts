import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { openSqliteStore } from "../../src/backend/sqlite/store.ts";
import { blockedKeys } from "../../src/flow/blocked-keys.ts";
import { fence } from "../../src/flow/fence.ts";
import { flowRegistry } from "../../src/flow/registry.ts";
import type { MapAhead } from "../../src/intake/map-ahead.ts";
import { recordReader } from "../../src/intake/read-record.ts";
import { transformer } from "../../src/intake/transformer.ts";
import type { Store } from "../../src/store/store.ts";
import { flowDefinition, testEngine } from "../flow/setup.ts";

const NOTE = `{ "id": id, "kind": "note", "subject": customer, "text": "a text" }`;
const MESSAGES = 1_000;
/** What others do before each transaction; milliseconds, more than a turn. */
const OTHERS = 40;

/** Nothing is mapped in another thread. */
const NOBODY: MapAhead = {
  offer: () => null,
  isBusy: () => false,
  ready: () => [],
  waits: () => false,
  drop: () => undefined,
  close: async () => undefined,
};

test("what others do while a batch waits for the store makes batches no smaller", async () => {
  const routes = [{ to: "desk.notes", when: null, onPark: "block" }] as const;
  const engine = await testEngine([await flowDefinition("events", { routes }, NOTE)]);
  const [flow] = engine.engine.flows();
  await engine.engine.stop();
  if (flow === undefined) throw new Error("no flow");
  const store = openSqliteStore(engine.data);
  let others = 0;
  const shared: Store = {
    ...store,
    transaction(work) {
      others += OTHERS;
      return store.transaction(work);
    },
  };
  const flows = flowRegistry(() => Promise.resolve(flow));
  flows.put(flow);
  const blocked = blockedKeys();
  const batches: number[] = [];
  const transform = transformer({
    ...{ store: shared, flows, fence: fence(blocked), read: recordReader(store, engine.data), traces: null },
    settle: () => ({ now: 1, random: Math.random, blocked, subscribers: () => [], isOwn: () => false }),
    running: () => true,
    ahead: NOBODY,
    settled: (_, { ends }) => batches.push(ends.length),
    clock: () => 0,
    busy: () => others,
    storeApart: true,
    failed: (_, error) => {
      throw error;
    },
  });
  try {
    const same = { flow: flow.id, flowVersion: flow.version, lane: 0, system: "shop", acceptedAt: 1 };
    const rest = { contentType: null, headers: null, event: null, slice: null, cause: null, hops: 0 };
    await store.transaction((tx) =>
      tx.messages.insert(
        Array.from({ length: MESSAGES }, (__, n) => ({
          ...{ ...same, ...rest, key: `k${n}`, traceparent: null },
          body: Buffer.from(JSON.stringify({ id: `e${n}`, customer: `k${n}`, n })),
        })),
      ),
    );
    while (await transform());
    expect(batches.reduce((sum, size) => sum + size, 0)).toBe(MESSAGES);
    expect(batches.length).toBeLessThan(MESSAGES / 10);
  } finally {
    await store.close();
    engine.sql.close();
    await rm(engine.data, { recursive: true });
  }
}, 20_000);
