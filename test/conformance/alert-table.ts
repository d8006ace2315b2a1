import { describe, expect, test } from "vitest";
import type { NewAlert } from "../../src/store/alert-table.ts";
import { type StoreUnderTest, storesBy } from "./store.ts";

const alert = (change: Partial<NewAlert> = {}): NewAlert => ({
  ...{ rule: "parked", subject: "orders", detail: "3 parked", since: 900, firedAt: 1000 },
  ...change,
});

/** The promises of the table of alerts; every technology runs the same cases. */
export function describeAlertTable(name: string, open: () => Promise<StoreUnderTest>): void {
  const withStore = storesBy(open);

  describe(`alerts: ${name}`, () => {
    test("an alert is pending until it is resolved and its end was told, also after the store is opened again", () =>
      withStore(async (store, under) => {
        const id = await store.transaction((tx) => tx.alerts.fire(alert()));
        const again = await under.reopen();
        const [found] = await again.transaction((tx) => tx.alerts.pending());
        expect(found).toEqual({
          ...{ id, ...alert(), resolvedAt: null, told: "nothing" },
          ...{ acknowledgedBy: null, acknowledgedAt: null, mutedUntil: null },
        });
        await again.transaction(async (tx) => {
          await tx.alerts.told(id, "firing");
          await tx.alerts.resolve(id, 2000);
        });
        expect(await again.transaction((tx) => tx.alerts.pending())).toMatchObject([
          { id, resolvedAt: 2000, told: "firing" },
        ]);
        await again.transaction((tx) => tx.alerts.told(id, "resolved"));
        expect(await again.transaction((tx) => tx.alerts.pending())).toEqual([]);
      }));

    test("only one that is not resolved is acknowledged", () =>
      withStore(async (store) => {
        const id = await store.transaction((tx) => tx.alerts.fire(alert()));
        const acknowledge = (which: number) =>
          store.transaction((tx) => tx.alerts.acknowledge(which, "ada", 1500));
        expect(await acknowledge(id)).toBe(true);
        expect(await acknowledge(id + 1)).toBe(false);
        const [found] = await store.transaction((tx) => tx.alerts.pending());
        expect(found).toMatchObject({ acknowledgedBy: "ada", acknowledgedAt: 1500 });
        await store.transaction((tx) => tx.alerts.resolve(id, 2000));
        expect(await acknowledge(id)).toBe(false);
      }));

    test("a mute goes on when the same fires again, and for nothing else", () =>
      withStore(async (store) => {
        const mutes = await store.transaction(async (tx) => {
          const id = await tx.alerts.fire(alert());
          expect(await tx.alerts.mute(id, 5000)).toBe(true);
          expect(await tx.alerts.mute(id + 1, 5000)).toBe(false);
          await tx.alerts.resolve(id, 2000);
          await tx.alerts.fire(alert({ firedAt: 4999 }));
          await tx.alerts.fire(alert({ firedAt: 5000 }));
          await tx.alerts.fire(alert({ subject: "calls", firedAt: 4999 }));
          await tx.alerts.fire(alert({ rule: "age", firedAt: 4999 }));
          return (await tx.alerts.pending()).map((one) => one.mutedUntil);
        });
        expect(mutes).toEqual([5000, 5000, null, null, null]);
      }));
  });
}
