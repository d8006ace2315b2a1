import { rm } from "node:fs/promises";
import { expect } from "vitest";
import { openSqliteStore } from "../../src/backend/sqlite/store.ts";
import type { Sink } from "../../src/connector/contract.ts";
import { blockedKeys } from "../../src/flow/blocked-keys.ts";
import { type Sender, sender } from "../../src/flow/deliver.ts";
import { fence } from "../../src/flow/fence.ts";
import type { Store } from "../../src/store/store.ts";
import { flowDefinition, testEngine } from "./setup.ts";

const NOTE = `{ "id": id, "kind": "note", "subject": customer, "text": $string(n) }`;

/** Deliveries that wait for a sender, and the store they are in, without an engine. */
export interface Queue {
  readonly store: Store;
  /** @param as the store as this sender sees it */
  sender(sink: Sink, as?: Store): Sender;
  dispose(): Promise<void>;
}

/** A queue of deliveries to a system that is not there. @param keys their keys, repeated */
export async function queueOf(count: number, keys: readonly string[]): Promise<Queue> {
  const routes = [{ to: "desk.notes", when: null, onPark: "block" }] as const;
  const engine = await testEngine([await flowDefinition("events", { routes }, NOTE)]);
  const posts = Array.from({ length: count }, (_, n) =>
    engine.post("events", { id: `e${n}`, customer: keys[n % keys.length], n }),
  );
  await Promise.all(posts);
  const stored = () => engine.sql.get<{ n: number }>("SELECT count(*) AS n FROM delivery")?.n;
  await expect.poll(stored, { timeout: 20_000 }).toBe(count);
  const flow = engine.engine.flows()[0];
  const route = flow?.routes[0];
  if (flow === undefined || route === undefined) throw new Error("no route");
  await engine.engine.stop();
  const store = openSqliteStore(engine.data);
  return {
    store,
    sender(sink, as = store) {
      const blocked = blockedKeys();
      const env = {
        ...{ store: as, now: Date.now, random: Math.random, blocked, fence: fence(blocked) },
        ...{ flow: () => flow, wakeAt: () => undefined, note: () => undefined, tried: () => undefined },
      };
      return sender(route, sink, env, null);
    },
    async dispose() {
      await store.close();
      engine.sql.close();
      await rm(engine.data, { recursive: true });
    },
  };
}
