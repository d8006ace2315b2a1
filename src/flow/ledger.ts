import type { Tx } from "../store/store.ts";
import type { Tally } from "../store/tally-table.ts";
import type { Item } from "./item.ts";
import type { LiveFlow, LiveRoute } from "./live-flow.ts";

/**
 * Collects what one transaction changes in the books (invariant I4) and writes it with that transaction.
 * A class because it owns running sums; it lives as long as one settlement.
 */
export class Ledger {
  readonly #flow: Pick<LiveFlow, "id" | "routes">;
  readonly #tallies = new Map<string, { route: number; outcome: string; n: number }>();
  readonly #shifts = new Map<string, { file: number; route: string; from: string; to: string; n: number }>();

  constructor(flow: Pick<LiveFlow, "id" | "routes">) {
    this.#flow = flow;
  }

  /** An item's ends. A file row that is met for the first time is also counted in. */
  item(item: Item, routes: Readonly<Record<string, string>>): void {
    if (item.place === null) this.#count(0, "accepted", 1);
    for (const route of this.#flow.routes) {
      const outcome = routes[route.to];
      if (outcome === undefined || outcome === "waiting") continue;
      this.#count(route.id, outcome, 1);
      // The books of a file took the row as waiting when it was stored.
      if (item.place !== null && item.slice !== null)
        this.#shift(item.slice.file, route.to, "waiting", outcome);
    }
  }

  /** Items that end alike, all rows of a file that are met for the first time, or all messages. */
  alike(n: number, routes: Readonly<Record<string, string>>, areRows: boolean): void {
    if (areRows) this.#count(0, "accepted", n);
    for (const route of this.#flow.routes) this.#count(route.id, routes[route.to] as string, n);
  }

  /** A delivery that ended. */
  delivered(route: LiveRoute, outcome: string, file: number | null): void {
    this.#count(route.id, outcome, 1);
    if (file !== null) this.#shift(file, route.to, "waiting", outcome);
  }

  /** An older message (route null: on all routes) or delivery that ended as superseded. */
  superseded(route: LiveRoute | null, wasParked: boolean, file: number | null): void {
    for (const one of route === null ? this.#flow.routes : [route]) {
      if (wasParked) this.#count(one.id, "parked", -1);
      this.#count(one.id, "superseded", 1);
      if (file !== null) this.#shift(file, one.to, wasParked ? "parked" : "waiting", "superseded");
    }
  }

  async write(tx: Tx, now: number): Promise<void> {
    const tallies: Tally[] = [...this.#tallies.values()].map((one) => ({ flow: this.#flow.id, ...one }));
    if (tallies.length > 0) await tx.tallies.add(now, tallies);
    for (const shift of this.#shifts.values())
      await tx.files.shift(shift.file, shift.route, shift.from, shift.to, shift.n);
  }

  #count(route: number, outcome: string, n: number): void {
    const id = `${route} ${outcome}`;
    const found = this.#tallies.get(id);
    if (found === undefined) this.#tallies.set(id, { route, outcome, n });
    else found.n += n;
  }

  #shift(file: number, route: string, from: string, to: string): void {
    const id = `${file} ${route} ${from} ${to}`;
    const found = this.#shifts.get(id);
    if (found === undefined) this.#shifts.set(id, { file, route, from, to, n: 1 });
    else found.n += 1;
  }
}
