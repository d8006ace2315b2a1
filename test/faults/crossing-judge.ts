import type { StorePlace } from "./backend.ts";
import { type Books, booksOf, recordsOf, total } from "./books.ts";
import type { Crossing } from "./crossing.ts";
import type { FaultTable } from "./fault.ts";
import { falls } from "./line-scene.ts";
import type { Happening } from "./producer.ts";

/** The flow that reads the n-th source of a way in. */
export function flowName(n: number): string {
  return n === 0 ? "notes" : `notes-${n + 1}`;
}

/** The hub's books on the flows of a crossing. */
export function crossingBooks(store: StorePlace, { from }: Crossing): Promise<readonly Books[]> {
  return Promise.all(from.reads.map((_, n) => booksOf(store, flowName(n))));
}

/** Notes of which the CRM knows all, in the order in which they took effect. */
export async function toldNotes(store: StorePlace, { from }: Crossing): Promise<readonly string[]> {
  const noteOf = from.noteOf ?? (({ externalId }) => externalId);
  return (await recordsOf(store, 1)).flatMap((record) => noteOf(record) ?? []);
}

/** Messages and files that were recognised as having come before. */
export function recognised(all: readonly Books[]): number {
  return all.reduce(
    (sum, { tallies, files }) =>
      sum + (tallies.get("")?.["duplicate"] ?? 0) + files.filter(({ state }) => state === "duplicate").length,
    0,
  );
}

/** Joins the ledgers of producer, hub and target. */
export async function judgeCrossing(
  store: StorePlace,
  crossing: Crossing,
  notes: readonly Happening[],
  drainMs: number,
): Promise<FaultTable> {
  const { from, to } = crossing;
  const all = await crossingBooks(store, crossing);
  const wanted = new Set(notes.map(({ id }) => id));
  const told = (await toldNotes(store, crossing)).filter((id) => wanted.has(id));
  const took = to === null ? null : await to.took();
  const first = took === null ? told : [...new Set(took)];
  const [known, reached, resting] = [new Set(told), new Set(first), await notesAtRest(store)];
  const parked = notes.filter(({ id }) => resting.has(id));
  const applied = notes.filter(({ id }) => known.has(id) && reached.has(id) && !resting.has(id));
  const again = took === null ? 0 : took.length - first.length;
  const effects = all[0] === undefined ? 0 : total(all[0], "crm.interaction");
  const inHub = told.length - known.size + (from.stages === true ? 0 : Math.abs(effects - notes.length));
  const customers = [...new Set(notes.map(({ customer }) => customer))];
  const disorder = (events: readonly string[]): number =>
    customers.reduce((sum, customer) => sum + falls(events, customer), 0);
  return {
    acked: notes.length,
    appliedOnce: applied.length,
    parked: parked.length,
    duplicateRequests: again + recognised(all),
    duplicateEffects: inHub + (to?.idempotent === false ? again : 0),
    // Of what comes by several ways one may overtake the other.
    orderViolations: from.stages === true ? 0 : disorder(told) + (took === null ? 0 : disorder(first)),
    lost: notes.length - applied.length - parked.length,
    drainMs,
  };
}

/** Notes whose delivery is parked, or held behind one that is. */
async function notesAtRest(store: StorePlace): Promise<ReadonlySet<string>> {
  const rows = await store.all<{ body: Uint8Array }>(
    "SELECT b.body FROM delivery d JOIN delivery_body b ON b.id = d.id WHERE d.state IN (2, 4)",
  );
  return new Set(rows.map(({ body }) => (JSON.parse(Buffer.from(body).toString()) as { id: string }).id));
}
