import { expect, test } from "vitest";
import { applyToCrm } from "../../src/crm/apply-to-crm.ts";
import type { Store } from "../../src/store/store.ts";
import { item } from "../crm/repository.ts";
import { first, withSource } from "./ahead.ts";

async function apply(store: Store, name: string, hash: string | null): Promise<void> {
  const customer = item("shop", { id: "1", name: { full: name }, notes: "kept" }, { hash });
  await store.transaction((tx) => applyToCrm([customer], tx.crm, 0));
}

test("what others write between the look at a row and its commit is noticed", () =>
  withSource(["1,Ann,-", "2,Bea,-"], async (store, open) => {
    const batch = await first(open());
    expect(await store.transaction((tx) => batch.holds(tx))).toBe(true);
    await apply(store, "Zoe", null);
    expect(await store.transaction((tx) => batch.holds(tx))).toBe(false);
    const again = await first(open());
    expect(await store.transaction((tx) => again.holds(tx))).toBe(true);
    // Somebody known: what clears must have crossed.
    const { result } = again.items[0] as { result: { mapped: unknown } };
    expect(result.mapped).toEqual({ id: "1", name: { full: "Ann" }, notes: null });
  }));

test("a row is unchanged when just so applied, and no longer when others change its record before it is committed", () =>
  withSource(["1,Ann,x", "2,Bea,x"], async (store, open) => {
    const before = await first(open());
    await apply(store, "Ann", before.items[0]?.hash ?? null);
    const batch = await first(open());
    expect(batch.items.map(({ result }) => result === "unchanged")).toEqual([true, false]);
    expect(await store.transaction((tx) => batch.holds(tx))).toBe(true);
    await apply(store, "Zoe", "another");
    expect(await store.transaction((tx) => batch.holds(tx))).toBe(false);
  }));

test("the second row of a record takes the long way, wherever the first stands on its way", () =>
  withSource([...Array.from({ length: 400 }, (_, n) => `${n},Ann,x`), "1,Bea,-"], async (_store, open) => {
    const source = open();
    const items = [];
    while (items.length < 401) items.push(...(await first(source)).items);
    const last = items[400]?.result as { mapped: unknown };
    expect(last.mapped).toEqual({ id: "1", name: { full: "Bea" }, notes: null });
  }));
