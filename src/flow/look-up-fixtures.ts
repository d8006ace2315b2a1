import { closest } from "fastest-levenshtein";
import type { Answers } from "../mapping/look-up.ts";
import { HUB } from "../mapping/look-up.ts";
import { isObject, type Json, type JsonObject } from "../message/json.ts";

/** Answers written down for samples, where there is no store: by system, then by id. What is not there is unknown. */
export interface LookUpFixtures {
  /** The customer's id in the hub (`c-17`), or its ids by system. */
  readonly xref: Readonly<
    Record<string, Readonly<Record<string, string | Readonly<Record<string, string>>>>>
  >;
  /** Golden records, as the topic `customer.changed` carries them. */
  readonly customer: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
}

export const NO_FIXTURES: LookUpFixtures = { xref: {}, customer: {} };

const KINDS = ["xref", "customer"];

/** @param refuse is told what is wrong, with the JSON pointer within `value`, and throws */
export function readFixtures(
  value: Json,
  refuse: (pointer: string, message: string, cure?: string) => never,
): LookUpFixtures {
  if (!isObject(value)) return refuse("", "lookups are an object with xref, customer or both");
  for (const kind of Object.keys(value)) {
    if (!KINDS.includes(kind))
      refuse(`/${step(kind)}`, "there is no such look-up", `Did you mean ${closest(kind, KINDS)}?`);
  }
  const byId = (kind: string, isAnswer: (answer: Json) => boolean, expected: string): JsonObject => {
    const systems = value[kind] ?? {};
    if (!isObject(systems)) return refuse(`/${kind}`, "the answers stand by system, then by id");
    for (const [system, ids] of Object.entries(systems)) {
      if (!isObject(ids))
        return refuse(`/${kind}/${step(system)}`, "the answers stand by system, then by id");
      for (const [id, answer] of Object.entries(ids))
        if (!isAnswer(answer)) refuse(`/${kind}/${step(system)}/${step(id)}`, expected);
    }
    return systems;
  };
  const xref = byId("xref", isXref, "the answer of $xref is a text, or an object of texts by system");
  const customer = byId("customer", isObject, "the answer of $customer is an object");
  return { xref: xref as LookUpFixtures["xref"], customer: customer as LookUpFixtures["customer"] };
}

/** A name as a step of a JSON pointer. */
function step(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

function isXref(answer: Json): boolean {
  return (
    typeof answer === "string" ||
    (isObject(answer) && Object.values(answer).every((id) => typeof id === "string"))
  );
}

/** Answers from what is written down; nothing is ever left open. */
export function fixtureAnswers({ xref, customer }: LookUpFixtures): Answers {
  return (lookUp) => {
    const { kind, system, id } = lookUp;
    if (kind === "customer") return own(own(customer, system), id);
    const answer = own(own(xref, system), id);
    const ids = typeof answer === "string" ? { [HUB]: answer } : answer;
    return own(ids, lookUp.to);
  };
}

function own<Value>(values: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
}
