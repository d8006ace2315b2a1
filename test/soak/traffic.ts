import { shopJson } from "../bench/customer.ts";
import type { Random } from "../faults/random.ts";
import type { Ledger } from "./ledger.ts";

/** One post, as often as it takes: a repetition is the same to the byte. */
export interface Item {
  readonly customer: number;
  /** Null: bad on purpose. */
  readonly revision: number | null;
  readonly event: string;
  readonly body: string;
}

/** Shares of what is posted; the rest are changes of customers that are there. */
const NEWCOMERS = 0.3;
const DUPLICATES = 0.1;
const BAD = 0.002;

/** Mixed traffic: newcomers, changes, happenings that are posted again, and records that break their contract. */
export function traffic(ledger: Ledger, random: Random): () => Item {
  let bad = 0;
  return () => {
    const kind = random.next();
    if (kind < BAD) {
      bad += 1;
      return badItem(bad);
    }
    const customer = 1 + random.int(ledger.customers());
    const acked = ledger.customers() === 0 ? -1 : ledger.acked(customer);
    if (acked < 0 || kind < BAD + NEWCOMERS) return item(ledger.newcomer(), 0);
    if (kind < BAD + NEWCOMERS + DUPLICATES) return item(customer, acked);
    return item(customer, ledger.change(customer));
  };
}

function item(customer: number, revision: number): Item {
  return { customer, revision, event: `${customer}-${revision}`, body: shopJson(customer, revision) };
}

/** A customer of no known country, under a number of its own. */
function badItem(number: number): Item {
  const { country: _, ...rest } = JSON.parse(shopJson(number)) as Record<string, string>;
  return {
    customer: 0,
    revision: null,
    event: `bad-${number}`,
    body: JSON.stringify({ ...rest, number: `B${number}` }),
  };
}
