import { OdooFailure } from "./failure.ts";
import type { Loaded } from "./load.ts";

/** What became of a record that was written with others: its number in Odoo, or why it is not there. */
export type LoadEnd = { readonly id: number } | { readonly failure: unknown };

/**
 * Writes what can be written of a group, of which a call takes all or nothing: those that Odoo names as wrong are tried
 * alone and the others together; where it names none, or all, the group is halved.
 */
export async function loadEach<One>(
  group: readonly One[],
  load: (some: readonly One[]) => Promise<Loaded>,
): Promise<ReadonlyMap<One, LoadEnd>> {
  const ends = new Map<One, LoadEnd>();

  async function loadSome(some: readonly One[]): Promise<void> {
    const { ids, refused } = await load(some);
    if (ids !== null) {
      for (const [index, one] of some.entries()) ends.set(one, { id: ids[index] as number });
      return;
    }
    if (some.length === 1) {
      const [said] = refused.values();
      const failure = said ?? new OdooFailure("data", "Odoo refused the record and did not say why");
      ends.set(some[0] as One, { failure });
      return;
    }
    const bad = some.filter((_, index) => refused.has(index));
    if (bad.length === 0 || bad.length === some.length) {
      const half = Math.ceil(some.length / 2);
      await tell(some.slice(0, half));
      await tell(some.slice(half));
      return;
    }
    await tell(some.filter((_, index) => !refused.has(index)));
    for (const one of bad) await tell([one]);
  }

  /** What is no matter of a record is one of all of the call. */
  async function tell(some: readonly One[]): Promise<void> {
    try {
      await loadSome(some);
    } catch (failure) {
      for (const one of some) if (!ends.has(one)) ends.set(one, { failure });
    }
  }

  await tell(group);
  return ends;
}
