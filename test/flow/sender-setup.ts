import { rm } from "node:fs/promises";
import { expect } from "vitest";
import { openSqliteStore } from "../../src/backend/sqlite/store.ts";
import type { Collect } from "../../src/config/flow-definition.ts";
import type { BundleSink, Sink } from "../../src/connector/contract.ts";
import { blockedKeys } from "../../src/flow/blocked-keys.ts";
import { type Sender, sender } from "../../src/flow/deliver.ts";
import { fence } from "../../src/flow/fence.ts";
import { bundler } from "../../src/intake/bundler.ts";
import type { Store } from "../../src/store/store.ts";
import { flowDefinition, testEngine } from "./setup.ts";

const NOTE = `{ "id": id, "kind": "note", "subject": customer, "text": $string(n) }`;

/** Deliveries that wait for a sender, and the store they are in, without an engine. */
export interface Queue {
  readonly store: Store;
  /** Where its files are. */
  readonly data: string;
  /**
   * @param as the store as this sender sees it
   * @param wakeAt told when it wants to go on; milliseconds since 1970
   */
  sender(sink: Sink, as?: Store, wakeAt?: (at: number) => void): Sender;
  /** @param now milliseconds since 1970 */
  bundler(sink: BundleSink, collect: Collect, now: () => number): Sender;
  /** More deliveries, as if their messages had come now. */
  more(bodies: readonly { readonly key: string; readonly body: object }[]): Promise<void>;
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
    data: engine.data,
    sender(sink, as = store, wakeAt = () => undefined) {
      const blocked = blockedKeys();
      const env = {
        ...{ store: as, now: Date.now, random: Math.random, blocked, fence: fence(blocked) },
        ...{ flow: () => flow, wakeAt, note: () => undefined, tried: () => undefined },
      };
      return sender(route, sink, env, null);
    },
    bundler(sink, collect, now) {
      const blocked = blockedKeys();
      const env = {
        ...{ store, now, random: Math.random, blocked, fence: fence(blocked) },
        ...{ flow: () => flow, wakeAt: () => undefined, note: () => undefined, tried: () => undefined },
      };
      return bundler(route, sink, collect, env, null);
    },
    async more(bodies) {
      await store.transaction(async (tx) => {
        const [first] = await tx.deliveries.ofMessage(1);
        if (first === undefined) throw new Error("no delivery");
        await tx.deliveries.insert(
          bodies.map(({ key, body }) => ({ ...first, key, body: Buffer.from(JSON.stringify(body)) })),
        );
      });
    },
    async dispose() {
      await store.close();
      engine.sql.close();
      await rm(engine.data, { recursive: true });
    },
  };
}
