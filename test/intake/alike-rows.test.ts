import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openSql } from "../../src/backend/sqlite/sql.ts";
import { DATABASE, openSqliteStore } from "../../src/backend/sqlite/store.ts";
import { applyToCrm } from "../../src/crm/apply-to-crm.ts";
import { type BlockedKeys, blockedKeys } from "../../src/flow/blocked-keys.ts";
import type { LiveFlow } from "../../src/flow/live-flow.ts";
import { runSettle } from "../../src/flow/run-settle.ts";
import { settleAlike } from "../../src/flow/settle-alike.ts";
import type { Settled, SettleEnvironment } from "../../src/flow/settlement.ts";
import type { RowBatch } from "../../src/intake/row-source.ts";
import type { Store, Tx } from "../../src/store/store.ts";
import { dump, item, NOW } from "../crm/repository.ts";
import { first, withSource } from "./ahead.ts";

const ROWS = ["7,Zoë Ω,-", "3,Ann,x", "1,,x", "2,Bea,y"];

function environment(more: Partial<SettleEnvironment> = {}): SettleEnvironment {
  return {
    now: NOW,
    random: () => 0,
    blocked: blockedKeys([]),
    subscribers: () => [],
    isOwn: () => false,
    ...more,
  };
}

async function byColumn(
  store: Store,
  flow: LiveFlow,
  batch: RowBatch,
  env: SettleEnvironment = environment(),
  before: (tx: Tx) => Promise<void> = async () => undefined,
): Promise<Settled | null> {
  if (batch.alike === null) throw new Error("they do not end alike");
  return settleAlike(store, flow, batch.alike, env, async () => undefined, before);
}

function stored(dir: string): unknown {
  const sql = openSql(join(dir, DATABASE), "reader");
  try {
    const hashes = sql.all("SELECT external_id, hash FROM source_record ORDER BY id");
    return {
      ...dump(sql),
      hashes,
      books: sql.all("SELECT flow, route, outcome, n FROM tally ORDER BY 2, 3"),
    };
  } finally {
    sql.close();
  }
}

test("newcomers come to the same by column as one by one", () =>
  withSource(ROWS, async (store, open, flow, dir) => {
    const batch = await first(open());
    const settled = await byColumn(store, flow, batch);
    const other = await mkdtemp(join(tmpdir(), "tieline-newcomers-"));
    const second = openSqliteStore(other);
    try {
      expect(settled).toEqual(await runSettle(second, flow, batch.items, environment()));
      expect(stored(dir)).toEqual(stored(other));
    } finally {
      await second.close();
      await rm(other, { recursive: true });
    }
  }));

test("unchanged rows come to the same by column as one by one", () =>
  withSource(ROWS, async (store, open, flow, dir) => {
    const env = environment();
    const settled = async (batch: RowBatch) => (await byColumn(store, flow, batch, env))?.ends;
    await settled(await first(open()));
    const again = await first(open());
    expect(again.items.map(({ result }) => result)).toEqual(ROWS.map(() => "unchanged"));
    expect(await settled(again)).toEqual((await runSettle(store, flow, again.items, env)).ends);
    expect(stored(dir)).toMatchObject({
      customers: ROWS.map(() => ({ revision: 1 })),
      books: [
        { outcome: "accepted", n: 3 * ROWS.length },
        { outcome: "applied", n: ROWS.length },
        { outcome: "unchanged", n: 2 * ROWS.length },
      ],
    });
  }));

test("rows of somebody known, and second rows of a record, are no newcomers", async () => {
  await withSource(["1,Ann,-"], async (store, open) => {
    await store.transaction((tx) => applyToCrm([item("shop", { id: "1" }, { hash: "x" })], tx.crm, NOW));
    expect((await first(open())).alike).toBeNull();
  });
  await withSource(["1,Ann,-", "1,Bea,-"], async (_store, open) => {
    expect((await first(open())).alike).toBeNull();
  });
});

type Case = (store: Store, batch: RowBatch, flow: LiveFlow) => Promise<Partial<SettleEnvironment>>;

const OTHERS_HAVE_A_SAY: Readonly<Record<string, Case>> = {
  "a record is there by now": async (store) => {
    await store.transaction((tx) => applyToCrm([item("shop", { id: "3" })], tx.crm, NOW));
    return {};
  },
  "a cross-reference names one": async (store) => {
    const linked = item("erp", { id: "9", links: [{ system: "shop", id: "2" }] });
    await store.transaction((tx) => applyToCrm([linked], tx.crm, NOW));
    return {};
  },
  "a payment waits for one as its payer": async (store) => {
    const paid = { id: "P", payer: { system: "shop", id: "2" } };
    await store.transaction((tx) => applyToCrm([item("bank", paid, { entity: "payment" })], tx.crm, NOW));
    return {};
  },
  "an older message of one is parked": async (store, _batch, flow) => {
    await store.transaction((tx) =>
      tx.messages.insert([
        {
          ...{ flow: flow.id, flowVersion: 1, lane: 0, key: "2", system: "shop", acceptedAt: NOW },
          ...{ body: Buffer.from("{}"), contentType: null, headers: null, event: null, slice: null },
          ...{ cause: null, hops: 0, traceparent: null, state: "parked" },
        },
      ]),
    );
    return {};
  },
  "a key of the flow is blocked": async (_store, _batch, flow) => {
    const blocked: BlockedKeys = blockedKeys([{ scope: -flow.id, key: "2", by: 1 }]);
    return { blocked };
  },
  "somebody waits for the changes": async (_store, _batch, flow) => ({ subscribers: () => [flow] }),
};

test.each(Object.entries(OTHERS_HAVE_A_SAY))("newcomers are left to the long way when %s", (_, prepare) =>
  withSource(ROWS, async (store, open, flow, dir) => {
    const batch = await first(open());
    const more = await prepare(store, batch, flow);
    const before = stored(dir);
    expect(await byColumn(store, flow, batch, environment(more))).toBeNull();
    expect(stored(dir)).toEqual(before);
  }),
);

test("nothing of newcomers is committed when what goes before or with them fails", () =>
  withSource(ROWS, async (store, open, flow, dir) => {
    const batch = await first(open());
    const fail = async (): Promise<never> => {
      throw new Error("no");
    };
    const before = stored(dir);
    expect(await byColumn(store, flow, batch, environment(), fail)).toBeNull();
    const rows = batch.alike ?? [];
    expect(await settleAlike(store, flow, rows, environment(), fail, async () => undefined)).toBeNull();
    expect(stored(dir)).toEqual(before);
  }));
