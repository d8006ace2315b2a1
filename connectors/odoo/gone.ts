import { type CollectedItem, HubError } from "tieline/connector";
import type { KnownIds } from "./known-ids.ts";
import type { Records } from "./records.ts";
import type { Odoo } from "./rpc.ts";

/** Ids that are asked for at once. */
const PAGE = 10_000;
/** So few may always be gone. */
const FEW = 20;

export interface GonePage {
  readonly ids: readonly number[];
  readonly items: readonly CollectedItem[];
  /** Up to which id all was compared; null: to the end. */
  readonly upTo: number | null;
}

/** Finds records that the hub was told of and that Odoo has no more: a deleted record leaves no trace in a delta. */
export interface Gone {
  /** Null: begin. Else the item that tells a person why not. @throws OdooFailure */
  refusal(signal: AbortSignal): Promise<CollectedItem | null>;
  /** Compares from an id on. @throws OdooFailure */
  page(after: number, limit: number, signal: AbortSignal): Promise<GonePage>;
}

/** @param mostGone share of the known records */
export function gone(
  odoo: Odoo,
  records: Records,
  known: KnownIds,
  mostGone: number,
  now: () => number,
): Gone {
  const moment = (): string => `${new Date(odoo.time() ?? now()).toISOString().slice(0, 19)}Z`;

  function itemOf(id: number, at: string): CollectedItem {
    const body = { id, write_date: at, gone: true };
    return { body: Buffer.from(JSON.stringify(body)), event: `${id}@gone ${at}` };
  }

  return {
    async refusal(signal) {
      const there = await records.count(signal);
      const missing = known.count - there;
      if (missing <= Math.max(FEW, known.count * mostGone)) return null;
      const body = { model: records.model, known: known.count, there };
      const wrong = new HubError(
        "TL_SOURCE_REFUSED",
        `${missing} of ${known.count} records of ${records.model} are not to be seen any more, so none is taken for deleted`,
        {
          cure: "See whether the hub's user may still read them; if they were deleted, raise `mostGone` of the source.",
        },
      );
      return { body: Buffer.from(JSON.stringify(body)), event: `gone ${known.count} ${there}`, wrong };
    },
    async page(after, limit, signal) {
      const there = await records.idsAfter(after, PAGE, signal);
      const at = moment();
      const end = there.length < PAGE ? Number.POSITIVE_INFINITY : (there.at(-1) ?? after);
      const present = new Set(there);
      const ids: number[] = [];
      for (const id of known.between(after, end)) {
        if (present.has(id)) continue;
        ids.push(id);
        if (ids.length === limit) return { ids, items: ids.map((one) => itemOf(one, at)), upTo: id };
      }
      return { ids, items: ids.map((id) => itemOf(id, at)), upTo: Number.isFinite(end) ? end : null };
    },
  };
}
