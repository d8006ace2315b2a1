/** What the CRM engine keeps; its sinks are `crm.customer`, `crm.interaction`, `crm.invoice`, `crm.order`. */
export const ENTITIES = ["customer", "interaction", "invoice", "order"] as const;

export type Entity = (typeof ENTITIES)[number];
