import type { Entity } from "../message/entity.ts";
import type { CustomerChange } from "./apply.ts";
import { customerId } from "./customer-id.ts";
import { customerOf, type WorkingRecord } from "./working-record.ts";

export type HistoryEntity = Exclude<Entity, "customer">;

/** What a customer's history is made of. */
export const HISTORY_ENTITIES = [
  "interaction",
  "invoice",
  "order",
  "payment",
] as const satisfies readonly HistoryEntity[];

const TOPICS = {
  interaction: "interaction.added",
  invoice: "invoice.changed",
  order: "order.changed",
  payment: "payment.changed",
} as const satisfies Readonly<Record<HistoryEntity, CustomerChange["topic"]>>;

/** What is published of a record of the history. @param cause the system that made it change */
export function historyChange(
  record: WorkingRecord,
  cause: string,
  fields: readonly string[],
): CustomerChange {
  const customer = customerOf(record);
  const { values, deleted, system, externalId } = record;
  return {
    topic: TOPICS[record.entity as HistoryEntity],
    ...{ customer, cause, fields },
    get content() {
      return {
        system,
        id: externalId,
        customerId: customer === null ? null : customerId(customer),
        ...values,
        changed: [...fields],
        ...(deleted ? { deleted } : {}),
      };
    },
  };
}
