import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import type { PostgresAddress } from "../../../src/backend/postgres/address.ts";
import { openPostgresStore } from "../../../src/backend/postgres/store.ts";
import { applyToCrm } from "../../../src/crm/apply-to-crm.ts";
import { blockedKeys } from "../../../src/flow/blocked-keys.ts";
import { settleAlike } from "../../../src/flow/settle-alike.ts";
import type { Settled } from "../../../src/flow/settlement.ts";
import type { Store } from "../../../src/store/store.ts";
import { item, NOW } from "../../crm/repository.ts";
import { ask, openPostgres, type TestServer } from "../../fakes/postgres.ts";
import { first, withSource } from "../../intake/ahead.ts";
import { dropPlace, freshPlace } from "./place.ts";

const ENVIRONMENT = {
  ...{ now: NOW, random: () => 0, blocked: blockedKeys([]) },
  ...{ subscribers: () => [], isOwn: () => false },
};

/** Two newcomers, 7 and 3, to be settled by column. */
interface Coming {
  readonly server: TestServer;
  readonly place: PostgresAddress;
  readonly store: Store;
  settle(): Promise<Settled | null>;
}

const withNewcomers = (work: (coming: Coming) => Promise<void>): Promise<void> =>
  withSource(["7,Zoë,-", "3,Ann,x"], async (_, open, flow) => {
    const { alike } = await first(open());
    if (alike === null) throw new Error("they do not end alike");
    const server = await openPostgres();
    const place = freshPlace(server);
    const { store } = await openPostgresStore(place, () => undefined);
    const settle = () =>
      settleAlike(
        store,
        flow,
        alike,
        ENVIRONMENT,
        async () => undefined,
        async () => undefined,
        "waits",
      );
    try {
      await work({ server, place, store, settle });
    } finally {
      await store.close();
      await dropPlace(server, place);
      await server.close();
    }
  });

it("newcomers of whom one is there by now are left to the long way, though the store says so at the commit only", () =>
  withNewcomers(async ({ server, place, store, settle }) => {
    const records = (): Promise<unknown> =>
      ask(server.url, `SELECT count(*) FROM ${place.schema}.source_record`);
    await store.transaction((tx) => applyToCrm([item("shop", { id: "3" })], tx.crm, NOW));
    expect(await settle()).toBeNull();
    expect(await records()).toBe("1");
  }));

it("newcomers wait for a payment of theirs that another process is about to commit", () =>
  withNewcomers(async ({ server, place, settle }) => {
    const { store: other } = await openPostgresStore(place, () => undefined);
    try {
      const paid = item("bank", { id: "P", payer: { system: "shop", id: "3" } }, { entity: "payment" });
      const waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
      const { settling } = await other.transaction(async (tx) => {
        await applyToCrm([paid], tx.crm, NOW);
        const settling = settle();
        while ((await ask(server.url, waiting)) === "0") await pause(20);
        return { settling };
      });
      expect(await settling).toBeNull();
    } finally {
      await other.close();
    }
  }));
