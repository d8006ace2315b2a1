import type { Value } from "./value.ts";

/** What is known of the result of a built-in function, whatever it is given. */
export interface BuiltIn {
  /** `follows`: nothing when its first argument is nothing. */
  readonly presence: "always" | "follows" | "maybe" | "unknown";
  /** Why it may give nothing even for something. */
  readonly why?: string;
  readonly many: Value["many"];
  /** How many arguments it needs before the context value takes the place of the first. */
  readonly needs?: number;
  /** Which argument is there whenever the result is, from 0: the first unless given. */
  readonly by?: number;
  /** Gives members of its first argument as they are. */
  readonly passes?: boolean;
}

const text = (needs = 1): BuiltIn => ({ presence: "follows", many: "one", needs });
const helper: BuiltIn = {
  presence: "maybe",
  why: "gives nothing for a text it cannot read",
  many: "one",
  needs: 1,
};

/**
 * Whether it finds anything is not for the mapping to say: a code list may answer for every code, and a record whose
 * customer is not there yet waits, as `missing-reference` of its flow has it.
 */
const lookUp: BuiltIn = { presence: "unknown", many: "one", by: 1 };

const TABLE: Readonly<Record<string, BuiltIn>> = {
  append: { presence: "unknown", many: "unknown", passes: true },
  assert: { presence: "unknown", many: "one" },
  average: { presence: "maybe", why: "gives nothing for an empty list", many: "one" },
  clone: { presence: "follows", many: "unknown", passes: true },
  contains: text(2),
  count: { presence: "always", many: "one" },
  distinct: { presence: "follows", many: "unknown", passes: true },
  each: { presence: "unknown", many: "sequence", needs: 2 },
  exists: { presence: "always", many: "one" },
  filter: { presence: "maybe", why: "may find nothing", many: "sequence", passes: true },
  formatBase: text(),
  formatInteger: text(2),
  formatNumber: text(2),
  join: { presence: "follows", many: "one" },
  keys: { presence: "unknown", many: "sequence", needs: 1 },
  lookup: { presence: "maybe", why: "may find nothing", many: "unknown", needs: 2 },
  map: { presence: "follows", many: "sequence" },
  match: { presence: "maybe", why: "gives nothing when the text does not match", many: "sequence", needs: 2 },
  max: { presence: "maybe", why: "gives nothing for an empty list", many: "one" },
  merge: { presence: "follows", many: "one" },
  millis: { presence: "always", many: "one" },
  min: { presence: "maybe", why: "gives nothing for an empty list", many: "one" },
  now: { presence: "always", many: "one" },
  pad: text(2),
  parseInteger: text(2),
  power: text(2),
  random: { presence: "always", many: "one" },
  reduce: { presence: "unknown", many: "unknown" },
  replace: text(3),
  reverse: { presence: "follows", many: "unknown", passes: true },
  shuffle: { presence: "follows", many: "array", passes: true },
  sift: { presence: "unknown", many: "one", needs: 2 },
  single: { presence: "always", many: "one", passes: true },
  sort: { presence: "follows", many: "array", passes: true },
  split: { presence: "follows", many: "array", needs: 2 },
  spread: { presence: "unknown", many: "sequence", needs: 1 },
  substring: text(2),
  substringAfter: text(2),
  substringBefore: text(2),
  sum: { presence: "follows", many: "one" },
  zip: { presence: "always", many: "array" },
  decimal: helper,
  email: helper,
  isoDate: helper,
  phone: helper,
  code: lookUp,
  customer: lookUp,
  xref: lookUp,
};

/** The remaining ones make one text, number or boolean of one. */
export function builtIn(name: string): BuiltIn {
  return Object.hasOwn(TABLE, name) ? (TABLE[name] as BuiltIn) : text();
}
