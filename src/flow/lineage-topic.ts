import { CRM, CRM_TOPICS } from "../config/crm.ts";
import type { FlowDefinition } from "../config/flow-definition.ts";
import { leadsTo, plainSteps } from "./lineage.ts";

/** Fields of what the CRM publishes that are no field of the same name in its sink. */
const CRM_OWN: ReadonlySet<string> = new Set([
  "externalIds",
  "changed",
  "deleted",
  "mergedInto",
  "system",
  "customerId",
]);

/** What else a field of a CRM sink becomes in what is published; all others keep their name. */
const CUSTOMER: Readonly<Record<string, readonly string[]>> = {
  id: ["/externalIds/*/id"],
  op: ["/deleted"],
};
const HISTORY: Readonly<Record<string, readonly string[]>> = {
  op: ["/deleted"],
  customer: ["/customerId"],
  contact: ["/customerId"],
};

/** The topic on which what a flow gives to a route is published; null: on none. */
export function topicBehind(to: string, flow: Pick<FlowDefinition, "publish">): string | null {
  const [system, name = ""] = split(to);
  if (system === "topic") return name;
  return system === CRM && flow.publish ? (CRM_TOPICS[name] ?? null) : null;
}

/** The paths in what is published that a field given to a route becomes. */
export function publishedAs(to: string, target: string): readonly string[] {
  const [system, name = ""] = split(to);
  const [first] = plainSteps(target);
  if (system !== CRM || first === undefined) return [target];
  const other = becomes(name)[first] ?? [];
  return keepsName(name, first) ? [target, ...other] : other;
}

/** The fields given to a route that a path in what is published comes from. */
export function publishedFrom(to: string, path: string): readonly string[] {
  const [system, name = ""] = split(to);
  const [first] = plainSteps(path);
  if (system !== CRM || first === undefined) return [path];
  const others = Object.entries(becomes(name)).filter(([, paths]) => paths.some((one) => leadsTo(one, path)));
  const fields = others.map(([field]) => `/${field}`);
  return keepsName(name, first) ? [path, ...fields] : fields;
}

function becomes(entity: string): Readonly<Record<string, readonly string[]>> {
  return entity === "customer" ? CUSTOMER : HISTORY;
}

/** The id of a published customer is the hub's; that of an invoice stays the one of its system. */
function keepsName(entity: string, field: string): boolean {
  return !CRM_OWN.has(field) && field !== "op" && !(entity === "customer" && field === "id");
}

/** `crm.customer`, `topic:orders`. */
function split(to: string): readonly string[] {
  return to.startsWith("topic:") ? ["topic", to.slice("topic:".length)] : to.split(".");
}
