import { expect, it } from "vitest";
import { openPostgresStore } from "../../../src/backend/postgres/store.ts";
import { applyToCrm } from "../../../src/crm/apply-to-crm.ts";
import { blockedKeys } from "../../../src/flow/blocked-keys.ts";
import { settleAlike } from "../../../src/flow/settle-alike.ts";
import { item, NOW } from "../../crm/repository.ts";
import { ask, openPostgres } from "../../fakes/postgres.ts";
import { first, withSource } from "../../intake/ahead.ts";
import { dropPlace, freshPlace } from "./place.ts";

const ENVIRONMENT = {
  ...{ now: NOW, random: () => 0, blocked: blockedKeys([]) },
  ...{ subscribers: () => [], isOwn: () => false },
};

it("newcomers of whom one is there by now are left to the long way, though the store says so at the commit only", () =>
  withSource(["7,Zoë,-", "3,Ann,x"], async (_, open, flow) => {
    const { alike } = await first(open());
    if (alike === null) throw new Error("they do not end alike");
    const server = await openPostgres();
    const place = freshPlace(server);
    const { store } = await openPostgresStore(place, () => undefined);
    const records = (): Promise<unknown> =>
      ask(server.url, `SELECT count(*) FROM ${place.schema}.source_record`);
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
      await store.transaction((tx) => applyToCrm([item("shop", { id: "3" })], tx.crm, NOW));
      expect(await settle()).toBeNull();
      expect(await records()).toBe("1");
    } finally {
      await store.close();
      await dropPlace(server, place);
      await server.close();
    }
  }));
