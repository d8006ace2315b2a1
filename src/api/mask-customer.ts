import type { FastifyRequest } from "fastify";
import type { CustomerView } from "../crm/view.ts";
import type { HistoryPage } from "../crm/view-history.ts";
import { maskObject, maskText } from "../message/mask.ts";
import { may } from "../message/permission.ts";

/** Whether who asks is shown personal data masked. */
export function isMasked({ principal }: FastifyRequest): boolean {
  return principal === null || !may(principal, "payloads");
}

/** The customer as those see it who may not see personal data: ids, states, times and origins stay. */
export function maskCustomer(view: CustomerView): CustomerView {
  return {
    ...view,
    name: maskName(view.name),
    values: maskObject(view.values),
    possibleMatches: view.possibleMatches.map((match) => ({
      ...match,
      name: maskName(match.name),
      by: match.by.map((contact) => ({ ...contact, value: maskText(contact.value) })),
    })),
    history: maskHistory(view.history),
  };
}

export function maskHistory(page: HistoryPage): HistoryPage {
  return { ...page, entries: page.entries.map((entry) => ({ ...entry, values: maskObject(entry.values) })) };
}

export function maskName(name: string | null): string | null {
  return name === null ? null : maskText(name);
}
