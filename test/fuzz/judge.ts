import jsonata from "jsonata";
import { type EngineMapping, openMapping } from "../mapping/engine.ts";
import { frozenJson, structuredCloneJson } from "./input.ts";
import {
  ENDLESS,
  isBare,
  isCrash,
  isSame,
  type Outcome,
  ofLibrary,
  ofLibraryError,
  ofOurError,
  refusalOf,
} from "./outcome.ts";
import { openReferences } from "./reference.ts";

/**
 * - `same`: equal, or both stopped
 * - `order`: as the library when it takes members one after the other; it reports whichever fails first. Or another of
 *   several members that fail, since keys that are whole numbers come first in every object. Or two failures of keys to sort
 *   by, which ours computes member by member, and the library pair by pair
 * - `input`: as the library when it does not write to its input
 * - `crash`: the library fails with an error of JavaScript itself, which is a defect; ours answers or fails in its own way
 * - `proto`: members called `__proto__` are there, which the library loses
 * - `refused`: not taken at load, by a rule for mappings
 * - `stopped`: a picture that ours does not take, a number that the library would never end to write (it is not asked), or
 *   a limit of the library's own
 * - `different`: what must not be
 */
export type Verdict = "same" | "order" | "input" | "crash" | "proto" | "refused" | "stopped" | "different";

export interface Judgement {
  readonly verdict: Verdict;
  /** Why it was refused or stopped. */
  readonly reason: string;
  readonly ours: Outcome;
  readonly theirs: Outcome;
  readonly native: boolean;
}

const references = openReferences();
const LIMITS = { deadline: 1_000, sequence: 100_000, text: 2 ** 24, depth: 10_000 };
/** So that what runs away ends at the library as well. */
const LIBRARY_LIMITS = { timeout: 500, stack: 3_000, sequence: 100_000 };

/** An expression that was compiled by both, to be judged on many inputs. */
export interface Duel {
  /** The judgement where there is nothing to evaluate: not an expression, or refused. */
  readonly early: Judgement | null;
  judge(input: unknown, bindings: Readonly<Record<string, unknown>>): Promise<Judgement>;
}

export function openDuel(text: string): Duel {
  let theirs: jsonata.Expression | null = null;
  let theirEnd: Outcome = NOTHING;
  try {
    theirs = jsonata(text, LIBRARY_LIMITS);
  } catch (thrown) {
    theirEnd = ofLibraryError(thrown);
  }
  let ours: EngineMapping | null = null;
  let ourEnd: Outcome = NOTHING;
  let refusal: string | null = null;
  try {
    ours = openMapping(text, { limits: LIMITS });
  } catch (thrown) {
    ourEnd = ofOurError(thrown);
    refusal = refusalOf(thrown);
  }
  if (theirs !== null && ours !== null) {
    const [library, mapping] = [theirs, ours];
    return { early: null, judge: (input, bindings) => compared(text, library, mapping, input, bindings) };
  }
  const verdict = refusal !== null ? "refused" : isSame(ourEnd, theirEnd) ? "same" : "different";
  const early: Judgement = { verdict, reason: refusal ?? "", ours: ourEnd, theirs: theirEnd, native: false };
  return { early, judge: async () => early };
}

const SORTS = /\^\s*\(/;

const NOTHING: Outcome = { kind: "value", value: undefined };

async function compared(
  text: string,
  library: jsonata.Expression,
  mapping: EngineMapping,
  input: unknown,
  bindings: Readonly<Record<string, unknown>>,
): Promise<Judgement> {
  const ours = ourOutcome(mapping, input, bindings);
  const isEndless = ours.kind === "guard" && ours.reason === ENDLESS;
  const theirs = isEndless ? NOTHING : await libraryOutcome(library, input, bindings);
  const said = (verdict: Verdict, reason = ""): Judgement => ({
    verdict,
    reason,
    ours,
    theirs,
    native: mapping.native,
  });
  if (!isEndless && isSame(ours, theirs)) return said("same");
  const limit = isEndless ? ENDLESS : limitMet(ours, theirs);
  if (limit !== null) return said("stopped", limit);
  // Its limit for sequences leaves a function in each, which `*` finds.
  const { sequence: _sequence, ...withoutSequence } = LIBRARY_LIMITS;
  if (isSame(ours, await libraryOutcome(jsonata(text, withoutSequence), input, bindings)))
    return said("same");
  const variants = [
    ["order", references.inOrder],
    ["input", references.mended],
  ] as const;
  for (const [verdict, variant] of variants) {
    const other = await libraryOutcome(variant(text, LIBRARY_LIMITS), input, bindings);
    if (isSame(ours, other)) return said(verdict);
    // Which member fails first would not matter, had the library not failed by itself in an earlier one.
    if (ours.kind === "error" && isCrash(other) && !isBare(ours)) return said("crash");
  }
  // Ours writes the result out while it is made, and so meets a member that is too deep before the next one fails.
  if (ours.kind === "guard" && theirs.kind === "error") return said("order");
  if (ours.kind === "error" && theirs.kind === "error") {
    if (SORTS.test(text)) return said("order");
    references.failures.clear();
    await libraryOutcome(references.whole(text, LIBRARY_LIMITS), input, bindings);
    if ([...references.failures].some((thrown) => isSame(ours, ofLibraryError(thrown)))) return said("order");
  }
  if (await isSameRenamed(text, input, bindings)) return said("proto");
  return said(isCrash(theirs) && !isBare(ours) ? "crash" : "different");
}

const PROTO = "__proto__";

/** Whether both are the same once members called `__proto__` have another name. */
async function isSameRenamed(
  text: string,
  input: unknown,
  bindings: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  const given = JSON.stringify([text, input, bindings]);
  if (!given.includes(PROTO)) return false;
  const [other, ...values] = JSON.parse(given.replaceAll(PROTO, "proto__")) as [
    string,
    unknown,
    typeof bindings,
  ];
  const { verdict } = await openDuel(other).judge(values[0], values[1] ?? {});
  return verdict !== "different" && verdict !== "proto";
}

/** One of the two met a limit that it has for good reasons; a result that is not JSON must be none at either. */
function limitMet(ours: Outcome, theirs: Outcome): string | null {
  if (ours.kind === "guard" && ours.reason === "picture") return ours.reason;
  if (theirs.kind === "guard" && theirs.reason.startsWith("limit")) return `the library's ${theirs.reason}`;
  if (ours.kind === "guard" && theirs.kind === "value" && longest(theirs.value) > LIMITS.text)
    return "a text that is longer than the limit";
  return null;
}

/** Length of the longest text in a value, names of members among them. */
function longest(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  return Math.max(
    0,
    ...Object.entries(value).map(([name, member]) => Math.max(name.length, longest(member))),
  );
}

function ourOutcome(
  mapping: EngineMapping,
  input: unknown,
  bindings: Readonly<Record<string, unknown>>,
): Outcome {
  try {
    const own = frozenJson(structuredCloneJson(input));
    return { kind: "value", value: mapping.evaluate(own, frozenJson(structuredCloneJson(bindings))) };
  } catch (thrown) {
    return ofOurError(thrown);
  }
}

async function libraryOutcome(
  library: jsonata.Expression,
  input: unknown,
  bindings: Readonly<Record<string, unknown>>,
): Promise<Outcome> {
  try {
    const own = structuredCloneJson(bindings) as Record<string, unknown>;
    return ofLibrary(await library.evaluate(structuredCloneJson(input), own));
  } catch (thrown) {
    return ofLibraryError(thrown);
  }
}
