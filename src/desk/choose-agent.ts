import type { RouteQuestion, Telephone } from "../connector/telephone.ts";
import type { Mapping } from "../mapping/mapping.ts";
import { isObject, type Json } from "../message/json.ts";
import { type Caller, customerRecord, lastAgent, only } from "./caller.ts";

/** What an agent has to do now. */
export interface Workload {
  /** Calls that ring with this agent or are talked. */
  readonly calls: number;
  /** Calls that were answered since this process watches. */
  readonly answered: number;
}

export interface Choice {
  /** Null: nobody in particular. */
  readonly agent: string | null;
  readonly reason: string;
}

/** Who is free and talked to the customer last; else who is free and has answered fewest. */
export const USUAL_RULE = `(
  $free := agents[calls = 0];
  $last := $free[id = $$.last];
  $next := $free^(answered)[0];
  $last ? { "agent": $last.id, "reason": "was the last to talk to this customer" }
  : $next ? { "agent": $next.id, "reason": "is free" }
)`;

/** What a rule is given; README.md of the telephony connector describes it. */
export function ruleInput(
  question: RouteQuestion,
  caller: Caller,
  agents: Telephone["agents"],
  workload: (agent: string) => Workload,
): Json {
  const customer = only(caller);
  return {
    call: { number: question.number, name: question.name, line: question.line },
    who: caller.who,
    customer: customer === null ? null : customerRecord(customer),
    last: lastAgent(customer, new Set(Object.keys(agents))),
    agents: Object.entries(agents).map(([id, { name, skills }]) => ({ id, name, skills, ...workload(id) })),
  };
}

/** @throws HubError when the rule fails */
export function chooseAgent(rule: Mapping, input: Json, agents: Telephone["agents"]): Choice {
  const chosen = rule.evaluate(input);
  if (!isObject(chosen)) return { agent: null, reason: "the rule names nobody" };
  const { agent, reason } = chosen;
  if (typeof agent !== "string" || !Object.hasOwn(agents, agent))
    return { agent: null, reason: "the rule names no agent that there is" };
  return { agent, reason: typeof reason === "string" ? reason : "by the rule" };
}
