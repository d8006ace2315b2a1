import type { LiveCall } from "../connector/telephone.ts";
import type { Mapping } from "../mapping/mapping.ts";
import type { Json } from "../message/json.ts";
import { type Caller, customerRecord, only } from "./caller.ts";

/** A call as an agent sees it. */
export interface ShownCall {
  readonly system: string;
  readonly call: LiveCall;
  readonly caller: Caller;
  /** What the agent is to say; null: there is no script, or it gave none. */
  readonly script: string | null;
  /** Why the call was given to this agent; null: the hub was not asked. */
  readonly reason: string | null;
}

/** UTF-16 units. */
const LONGEST_SCRIPT = 20_000;

/** @throws HubError when the mapping fails */
export function writeScript(
  script: Mapping,
  call: LiveCall,
  caller: Caller,
  agent: { readonly id: string; readonly name: string },
): string | null {
  const customer = only(caller);
  const { direction, number, name, line } = call;
  const input: Json = {
    call: { direction, number, name, line },
    who: caller.who,
    customer: customer === null ? null : customerRecord(customer),
    customers: caller.customers.map(customerRecord),
    history: (customer?.history.entries ?? []).map(({ entity, at, values }) => ({
      entity,
      at: new Date(at).toISOString(),
      ...values,
    })),
    agent: { ...agent },
  };
  const text = script.evaluate(input);
  return typeof text === "string" && text !== "" ? text.slice(0, LONGEST_SCRIPT) : null;
}
