import { ANY, ARRAY, BOOLEAN, ENDLESS, FUNCTION, NUMBER, OBJECT, TEXT } from "./kind.ts";

function named(names: string): ReadonlySet<string> {
  return new Set(names.trim().split(/\s+/));
}

/** Built-ins whose answer is a sequence that is not yet a value. */
export const OPEN = named(`
  append distinct each filter keys lookup map match reduce reverse shuffle single sort spread`);

/** A missing first argument is not simply answered with nothing. */
export const STRICT = named(`
  append assert contains count each error exists formatBase formatInteger formatNumber join keys
  lookup match millis now pad parseInteger power random replace sift split spread substring
  substringAfter substringBefore type zip`);

/** What may follow a missing first argument of some of these: then nothing comes of the call. */
export const BEHIND: Readonly<Record<string, readonly number[]>> = {
  contains: [TEXT | FUNCTION],
  match: [FUNCTION],
  pad: [NUMBER, TEXT],
  replace: [TEXT | FUNCTION, TEXT],
  split: [TEXT | FUNCTION],
  substring: [NUMBER, NUMBER],
  substringAfter: [TEXT],
  substringBefore: [TEXT],
};

/** What is written out for these never takes long enough to be stopped. */
export const SHORT = named(`
  abs ceil contains decimal email floor isoDate lookup lowercase millis number phone power round
  toMillis fromMillis uppercase`);

/** Built-ins that take the context when they are given nothing. */
export const CONTEXTUAL = named(`
  abs boolean ceil floor length lowercase not number round sqrt string trim uppercase`);

/** Most arguments, where there are more than one. */
const MOST: readonly (readonly [number, ReadonlySet<string>])[] = [
  [
    2,
    named(`
  contains decimal email isoDate join lookup phone power round substringAfter substringBefore toMillis`),
  ],
  [
    3,
    named(`
  fromMillis match pad split substring`),
  ],
  [
    4,
    named(`
  replace`),
  ],
];

/** How many arguments a built-in takes at most. */
export function mostArguments(name: string): number {
  return MOST.find(([, names]) => names.has(name))?.[0] ?? 1;
}

/** What the library's functions answer with, beside nothing. */
const KINDS: readonly (readonly [number, ReadonlySet<string>])[] = [
  [
    TEXT,
    named(`
  base64decode base64encode decimal decodeUrl decodeUrlComponent email encodeUrl encodeUrlComponent
  formatBase formatInteger formatNumber fromMillis isoDate join lowercase now pad phone replace string
  substring substringAfter substringBefore trim type uppercase`),
  ],
  [
    NUMBER,
    named(`
  count length millis power random`),
  ],
  [
    BOOLEAN,
    named(`
  boolean contains exists not`),
  ],
  [
    ARRAY,
    named(`
  split zip`),
  ],
  [
    NUMBER | ENDLESS,
    named(`
  abs average ceil floor max min number parseInteger round sqrt sum toMillis`),
  ],
  [
    OBJECT,
    named(`
  merge sift`),
  ],
];

export function kindsOf(name: string): number {
  return KINDS.find(([, names]) => names.has(name))?.[0] ?? ANY;
}
