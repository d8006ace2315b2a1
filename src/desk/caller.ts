import { byPhone, type CustomerView } from "../crm/view.ts";
import type { JsonObject } from "../message/json.ts";
import type { CrmReads } from "../store/crm-reads.ts";

/** More customers than this with one number are not shown. */
const MOST = 10;

/** Who has a number, as far as the customer repository knows. */
export interface Caller {
  readonly who: "withheld" | "unknown" | "one" | "several";
  /** Oldest first; those of whom no system has a live record are left out. */
  readonly customers: readonly CustomerView[];
}

export const NOBODY: Caller = { who: "unknown", customers: [] };

/** @param number null: withheld */
export async function findCaller(
  reads: CrmReads,
  number: string | null,
  country: string | null,
): Promise<Caller> {
  if (number === null) return { who: "withheld", customers: [] };
  const found = await byPhone(reads, number, country ?? undefined, MOST);
  const customers = found.filter(({ alive }) => alive);
  const who = customers.length === 0 ? "unknown" : customers.length === 1 ? "one" : "several";
  return { who, customers };
}

/** The customer where there is no doubt who it is. */
export function only({ who, customers }: Caller): CustomerView | null {
  return who === "one" ? (customers[0] ?? null) : null;
}

/** A customer as mappings see it: the golden record with the hub's id. */
export function customerRecord({ id, name, values }: CustomerView): JsonObject {
  return { ...values, id, displayName: name };
}

/** Who of ours talked to the customer last. */
export function lastAgent(customer: CustomerView | null, agents: ReadonlySet<string>): string | null {
  for (const { entity, values } of customer?.history.entries ?? []) {
    const agent = values["agent"];
    if (entity === "interaction" && typeof agent === "string" && agents.has(agent)) return agent;
  }
  return null;
}
