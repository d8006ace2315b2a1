/** What the senders know: what they handed out, and what of it was acknowledged. Kept small, for millions of messages. */
export interface Ledger {
  /** Customers that were handed out so far; their numbers begin at 1. */
  customers(): number;
  newcomer(): number;
  /** The next revision of a customer. */
  change(customer: number): number;
  /** The highest revision that was acknowledged; -1 while none was. */
  acked(customer: number): number;
  /** Notes the answer to one post. @param revision null: data that is bad on purpose, which no customer comes of */
  answered(place: number, duplicate: boolean, customer: number, revision: number | null): void;
  /** Places of the acknowledged messages, ascending, without repetition. */
  places(): Float64Array;
  readonly counts: { acked: number; duplicates: number; bad: number };
}

export function openLedger(): Ledger {
  const handedOut = column(-1);
  const acknowledged = column(-1);
  const places: number[] = [];
  const counts = { acked: 0, duplicates: 0, bad: 0 };
  let customers = 0;
  return {
    counts,
    customers: () => customers,
    newcomer() {
      customers += 1;
      handedOut.set(customers, 0);
      return customers;
    },
    change(customer) {
      const revision = handedOut.get(customer) + 1;
      handedOut.set(customer, revision);
      return revision;
    },
    acked: (customer) => acknowledged.get(customer),
    answered(place, duplicate, customer, revision) {
      counts.acked += 1;
      if (duplicate) counts.duplicates += 1;
      else places.push(place);
      if (revision === null) counts.bad += duplicate ? 0 : 1;
      else if (revision > acknowledged.get(customer)) acknowledged.set(customer, revision);
    },
    places: () => Float64Array.from(new Set(places)).sort(),
  };
}

/** Whole numbers by index, all `nothing` at first. */
function column(nothing: number) {
  let values = new Int32Array(1024).fill(nothing);
  return {
    get: (at: number): number => values[at] ?? nothing,
    set(at: number, value: number) {
      if (at >= values.length) {
        const grown = new Int32Array(at * 2).fill(nothing);
        grown.set(values);
        values = grown;
      }
      values[at] = value;
    },
  };
}
