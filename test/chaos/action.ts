import fc from "fast-check";

/** The customers of whom notes are posted: few, so that they come to wait for each other. */
export const CUSTOMERS = ["ada", "bob", "cyd"] as const;
export type Customer = (typeof CUSTOMERS)[number];

/** How the target answers from now on: as it should, 503, 401, or late. */
export const MOODS = ["well", "down", "shut", "slow"] as const;
export type Mood = (typeof MOODS)[number];

/** What the target does with its next request alone: refuse it, fail on it, or act and say nothing. */
export const STUMBLES = ["refuse", "fail", "cut"] as const;
export type Stumble = (typeof STUMBLES)[number];

/** One thing that happens to a hub, its senders, its target, or that a person does. Plain, so that a run can be kept. */
export type Action =
  /** A sender posts a note. @param bad one that the strict mapping fails on */
  | { readonly do: "post"; readonly customer: Customer; readonly bad: boolean }
  /** A sender posts again what was acknowledged. */
  | { readonly do: "again"; readonly nth: number }
  /** The senders of all customers post notes at once; the hub is killed meanwhile, milliseconds later, or is not. */
  | { readonly do: "burst"; readonly each: number; readonly kill: number | null }
  | { readonly do: "kill" }
  | { readonly do: "pause"; readonly what: "accept" | "deliver" | "both" }
  | { readonly do: "resume" }
  /** The mapping is changed. @param strict whether it fails on bad notes */
  | { readonly do: "map"; readonly strict: boolean }
  | { readonly do: "mood"; readonly mood: Mood }
  | { readonly do: "stumble"; readonly how: Stumble }
  /** All that is parked is replayed. */
  | { readonly do: "replay" }
  | { readonly do: "discard"; readonly nth: number }
  /** The route to the target goes on, if it was stopped. */
  | { readonly do: "reopen" }
  | { readonly do: "file"; readonly rows: number };

type Of<Do extends Action["do"]> = Extract<Action, { readonly do: Do }>;

/** How often each comes, among all. */
const ACTIONS: { readonly [Do in Action["do"]]: readonly [number, fc.Arbitrary<Omit<Of<Do>, "do">>] } = {
  post: [6, fc.record({ customer: fc.constantFrom(...CUSTOMERS), bad: fc.boolean() })],
  again: [2, fc.record({ nth: fc.nat(50) })],
  burst: [
    4,
    fc.record({
      each: fc.integer({ min: 1, max: 5 }),
      kill: fc.option(fc.integer({ min: 0, max: 60 }), { nil: null, freq: 2 }),
    }),
  ],
  kill: [1, fc.constant({})],
  pause: [2, fc.record({ what: fc.constantFrom("accept", "deliver", "both") })],
  resume: [3, fc.constant({})],
  map: [2, fc.record({ strict: fc.boolean() })],
  mood: [2, fc.record({ mood: fc.constantFrom(...MOODS) })],
  stumble: [3, fc.record({ how: fc.constantFrom(...STUMBLES) })],
  replay: [2, fc.constant({})],
  discard: [2, fc.record({ nth: fc.nat(5) })],
  reopen: [1, fc.constant({})],
  file: [1, fc.record({ rows: fc.integer({ min: 1, max: 300 }) })],
};

/** What happens in one run. */
export function actions(most: number): fc.Arbitrary<readonly Action[]> {
  const kinds = Object.entries(ACTIONS).map(([name, [weight, rest]]) => ({
    weight,
    arbitrary: (rest as fc.Arbitrary<object>).map((members) => ({ do: name, ...members }) as Action),
  }));
  return fc.array(fc.oneof(...kinds), { minLength: 1, maxLength: most, size: "max" });
}
