/** What the CRM engine keeps; its sinks are `crm.customer`, `crm.interaction`, `crm.invoice`, `crm.order`, `crm.payment`. */
export const ENTITIES = ["customer", "interaction", "invoice", "order", "payment"] as const;

export type Entity = (typeof ENTITIES)[number];
