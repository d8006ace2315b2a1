import type { Json } from "../message/json.ts";

/** A question that only the hub's store can answer. */
export type LookUp =
  /** The customer known in `system` as `id`: its id in the system `to`. */
  | { readonly kind: "xref"; readonly system: string; readonly id: string; readonly to: string }
  /** The golden record of the customer known in `system` as `id`. */
  | { readonly kind: "customer"; readonly system: string; readonly id: string };

/** The functions that look things up: two ask the store, the last one reads code lists. */
export const LOOK_UP_NAMES: readonly string[] = ["xref", "customer", "code"];

/** Nobody has asked the store yet. */
export const UNKNOWN = Symbol("unknown");
/** There is an answer, and it is larger than a mapping may have. */
export const TOO_LARGE = Symbol("too large");

/** Undefined: the hub does not know such a customer, or not by such an id. */
export type Answer = Json | undefined | typeof TOO_LARGE;

/** What is known at the moment. */
export type Answers = (lookUp: LookUp) => Answer | typeof UNKNOWN;

/** A question with the answer that the result rests on. */
export interface Asked {
  readonly lookUp: LookUp;
  readonly answer: Json | undefined;
}

/** The system that stands for the hub itself; its ids are those of the unified customers, `c-42`. */
export const HUB = "crm";

/** Longest name and id that canonical records may have. */
const LONGEST = 256;
/** NUL and halves of a character, which no id has. */
const NO_ID = /[\0\uD800-\uDFFF]/u;
const HUB_ID = /^c-[1-9]\d{0,14}$/;

/** Names a question among others. */
export function lookUpKey(lookUp: LookUp): string {
  const { kind, system, id } = lookUp;
  return `${kind}\0${system}\0${id}\0${kind === "xref" ? lookUp.to : ""}`;
}

/** The question of a call `$xref(system, id, to)`; undefined when it can have no answer. */
export function xrefOf(system: unknown, id: unknown, to: unknown = HUB): LookUp | undefined {
  const named = knownBy(system, id);
  return named === undefined || !isName(to) ? undefined : { kind: "xref", ...named, to };
}

/** The question of a call `$customer(system, id)`; undefined when it can have no answer. */
export function customerOf(system: unknown, id: unknown): LookUp | undefined {
  const named = knownBy(system, id);
  return named === undefined ? undefined : { kind: "customer", ...named };
}

function knownBy(
  system: unknown,
  given: unknown,
): { readonly system: string; readonly id: string } | undefined {
  const id = typeof given === "number" ? String(given) : given;
  if (!isName(system) || !isName(id) || (system === HUB && !HUB_ID.test(id))) return undefined;
  return { system, id };
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= LONGEST && !NO_ID.test(value);
}
