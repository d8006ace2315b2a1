import type { Action } from "./action.ts";

/** Runs that found something, as short as they could be made, each with what it found. */
export const EXAMPLES: readonly (readonly [string, readonly Action[]])[] = [
  [
    "a delivery that is replayed is not overtaken by those that were held behind it",
    [
      { do: "stumble", how: "refuse" },
      { do: "post", customer: "ada", bad: false },
      { do: "burst", each: 1, kill: null },
    ],
  ],
  [
    "a replay for the target alone that fails in the mapping leaves the effect in the CRM alone",
    [
      { do: "map", strict: false },
      { do: "stumble", how: "refuse" },
      { do: "post", customer: "ada", bad: true },
      { do: "post", customer: "ada", bad: false },
      { do: "map", strict: true },
      { do: "replay" },
      { do: "discard", nth: 0 },
      { do: "again", nth: 0 },
    ],
  ],
  [
    "a slot that a killed hub had begun is run again",
    [
      { do: "burst", each: 2, kill: 2 },
      { do: "burst", each: 4, kill: 5 },
      { do: "pause", what: "deliver" },
      { do: "post", customer: "cyd", bad: true },
      { do: "kill" },
    ],
  ],
];
