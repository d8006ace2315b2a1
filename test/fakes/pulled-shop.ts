import type {
  CollectedItem,
  ListenDesk,
  ListenSource,
  Pulled,
  PullSource,
  System,
} from "../../src/connector/contract.ts";
import type { HubError } from "../../src/errors.ts";

/** A record of the fake shop: its number and how often it was changed. */
export interface ShopRecord {
  readonly id: string;
  readonly at: number;
  readonly [field: string]: string | number;
}

/** A system that is asked for what changed, and keeps a ledger of who asked what. */
export interface PulledShop {
  readonly system: System;
  readonly records: ShopRecord[];
  /** Cursors it was asked for, in order. */
  readonly asked: unknown[];
  /** Cursors of batches that were settled. */
  readonly settled: unknown[];
  /** What the next questions are answered with instead, one each. */
  readonly failures: HubError[];
  /** Called before each answer. */
  before: () => Promise<void>;
}

/** Gives batches of `batch` records by `at`, each time beginning `overlap` before the cursor. */
export function pulledShop({ batch = 2, overlap = 0, every = 20 } = {}): PulledShop {
  const source: PullSource = {
    kind: "pull",
    every,
    async pull({ cursor }): Promise<Pulled> {
      shop.asked.push(cursor);
      await shop.before();
      const failure = shop.failures.shift();
      if (failure !== undefined) throw failure;
      const after = (cursor as { readonly at: number } | null)?.at ?? 0;
      const from = after - overlap;
      const found = shop.records.filter(({ at }) => at > from).sort((a, b) => a.at - b.at);
      const page = overlap > 0 ? found : found.slice(0, batch);
      const last = page.at(-1);
      return {
        items: page.map(itemOf),
        cursor: last === undefined ? cursor : { at: last.at },
        more: page.length < found.length,
      };
    },
    async settle({ cursor }) {
      shop.settled.push(cursor);
    },
  };
  const shop: PulledShop = {
    system: {
      sources: { orders: source },
      sinks: {},
      check: async () => undefined,
      close: async () => undefined,
    },
    records: [],
    asked: [],
    settled: [],
    failures: [],
    before: async () => undefined,
  };
  return shop;
}

function itemOf(record: ShopRecord): CollectedItem {
  const body = "raw" in record ? String(record["raw"]) : JSON.stringify(record);
  return { body: Buffer.from(body), event: `${record.id}@${record.at}` };
}

/** A queue that the hub listens to: what is not acknowledged is handed over again on the next connection. */
export interface HeardQueue {
  readonly system: System;
  /** Not acknowledged yet. */
  readonly waiting: string[];
  readonly acknowledged: string[];
  connections: number;
  /** Hands over what waits, if somebody is connected. */
  deliver(): Promise<void>;
  /** Ends the connection, as a network does. */
  cut(error: HubError): void;
  /** What the next connections fail with, one each. */
  readonly refusals: HubError[];
}

export function heardQueue(): HeardQueue {
  let line: { readonly desk: ListenDesk; readonly cut: (error: HubError) => void } | null = null;
  const source: ListenSource = {
    kind: "listen",
    async listen(desk, signal) {
      queue.connections += 1;
      const refusal = queue.refusals.shift();
      if (refusal !== undefined) throw refusal;
      await new Promise<void>((resolve, reject) => {
        line = { desk, cut: reject };
        signal.addEventListener("abort", () => resolve());
        desk.connected();
        queue.deliver().catch(reject);
      }).finally(() => {
        line = null;
      });
    },
  };
  const queue: HeardQueue = {
    system: {
      sources: { orders: source },
      sinks: {},
      check: async () => undefined,
      close: async () => undefined,
    },
    waiting: [],
    acknowledged: [],
    connections: 0,
    async deliver() {
      const { desk } = line ?? {};
      if (desk === undefined) return;
      await Promise.all(
        [...queue.waiting].map(async (text) => {
          await desk.take([{ body: Buffer.from(text), event: text }]);
          queue.waiting.splice(queue.waiting.indexOf(text), 1);
          queue.acknowledged.push(text);
        }),
      );
    },
    cut: (error) => line?.cut(error),
    refusals: [],
  };
  return queue;
}
