import { readCursor, writeCursor } from "../message/cursor.ts";
import type { CrmReads, SearchHit, SearchPoint } from "../store/crm-reads.ts";
import { customerId, parseCustomerId } from "./customer-id.ts";
import { fold } from "./display-name.ts";

/** One line of a search. */
export interface FoundCustomer {
  readonly id: string;
  readonly name: string | null;
  readonly status: string | null;
  readonly by: "id" | "externalId" | "phone" | "email" | "name";
}

export interface SearchPage {
  readonly customers: readonly FoundCustomer[];
  /** For the next page; null when this is the last. */
  readonly cursor: string | null;
}

/** One way to look: the hits after a place. */
interface Way {
  readonly by: FoundCustomer["by"];
  readonly find: (after: SearchPoint | null, limit: number) => Promise<readonly SearchHit[]>;
}

/**
 * Customers whose id, external id, telephone number, e-mail address or name begins with the text, in that order.
 * A customer found in two ways is listed once on a page.
 * @throws TL_USAGE on a malformed cursor
 */
export async function search(
  reads: CrmReads,
  text: string,
  limit: number,
  cursor: string | null = null,
): Promise<SearchPage> {
  const ways = waysFor(reads, text.trim());
  const [start, key, last] =
    cursor === null
      ? [0, "", -1]
      : (readCursor(cursor, ["number", "string", "number"]) as [number, string, number]);
  const found = new Map<number, FoundCustomer>();
  let after: SearchPoint | null = last === -1 ? null : { key, customer: last };
  for (let index = start; index < ways.length; index++, after = null) {
    const { by, find } = ways[index] as Way;
    const hits = await find(after, limit + 1);
    for (const hit of hits) {
      if (found.size === limit && !found.has(hit.customer)) {
        return {
          customers: [...found.values()],
          cursor: writeCursor([index, after?.key ?? "", after?.customer ?? -1]),
        };
      }
      const { customer, name, status } = hit;
      if (!found.has(customer)) found.set(customer, { id: customerId(customer), name, status, by });
      after = hit;
    }
    // A full answer of nothing but repeats: the rest of this way is on the next page.
    if (hits.length > limit && after !== null) {
      return { customers: [...found.values()], cursor: writeCursor([index, after.key, after.customer]) };
    }
  }
  return { customers: [...found.values()], cursor: null };
}

function waysFor(reads: CrmReads, text: string): Way[] {
  if (text === "") return [];
  const ways: Way[] = [];
  if (/^c-[1-9]\d{0,14}$/.test(text)) {
    ways.push({ by: "id", find: (after) => (after === null ? byId(reads, text) : Promise.resolve([])) });
  }
  ways.push({ by: "externalId", find: (after, limit) => reads.idsLike(text, after, limit) });
  const phone = phonePrefix(text);
  if (phone !== undefined) {
    ways.push({ by: "phone", find: (after, limit) => reads.contactsLike("phone", phone, after, limit) });
  }
  if (!/\s/.test(text)) {
    const address = text.toLowerCase();
    ways.push({ by: "email", find: (after, limit) => reads.contactsLike("email", address, after, limit) });
  }
  const name = fold(text);
  ways.push({ by: "name", find: (after, limit) => reads.namedLike(name, after, limit) });
  return ways;
}

async function byId(reads: CrmReads, text: string): Promise<SearchHit[]> {
  const rows = await reads.customers([parseCustomerId(text)]);
  return rows.map(({ id, name, status }) => ({ key: text, customer: id, name, status }));
}

/** The beginning of a number as the index has it: `+49 30` and `0049 30` read as `+4930`, others by their digits. */
function phonePrefix(text: string): string | undefined {
  if (!/^[+\d][\d\s()/.-]*$/.test(text)) return undefined;
  const digits = text.replace(/\D/g, "");
  if (digits.length < 3) return undefined;
  if (text.startsWith("+")) return `+${digits}`;
  return digits.startsWith("00") ? `+${digits.slice(2)}` : digits;
}
