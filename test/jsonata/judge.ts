import { isDeepStrictEqual } from "node:util";
import { HubError } from "../../src/errors.ts";
import type { Limits } from "../../src/mapping/limits.ts";
import { codeOf, type EngineMapping, openMapping } from "../mapping/engine.ts";
import type { SuiteCase, Wanted } from "./suite.ts";

export interface Judged {
  readonly passed: boolean;
  /** Null: it ended before there was anything to evaluate. */
  readonly native: boolean | null;
  /** It could only be evaluated with what hub mappings may not do. */
  readonly neededUnsafe: boolean;
  /** What came instead. */
  readonly found: string;
}

/** The test rig of the suite calls its own limits so, the library calls its own D…; ours have one name. */
const LIMIT_CODES = ["U1001", "D1011", "D1012", "D2014", "D2015"];
const LEAST_DEADLINE = 10_000;
/** The rig counts every nested evaluation, which are three in a call such as the suite makes; ours counts calls. */
const EVALUATIONS_PER_CALL = 3;
/** The longest range the library makes. */
const LONGEST = 10_000_000;

/** Evaluates one case: as a hub mapping where that is allowed, else with the refusals lifted. */
export function judge(one: SuiteCase): Judged {
  const asHub = attempt(one, false);
  if (!asHub.refused || asHub.judged.passed) return asHub.judged;
  return { ...attempt(one, true).judged, neededUnsafe: true };
}

interface Attempt {
  readonly judged: Judged;
  /** The lint refused it: not the answer that the case asks for, which may be a refusal too. */
  readonly refused: boolean;
}

function attempt(one: SuiteCase, unsafe: boolean): Attempt {
  let mapping: EngineMapping | undefined;
  let end: End;
  try {
    mapping = openMapping(one.expr, { limits: limitsOf(one), unsafe });
    end = { value: mapping.evaluate(structuredClone(one.input), structuredClone(one.bindings)) };
  } catch (thrown) {
    end = { thrown };
  }
  const passed = isWanted(end, one);
  const judged = { passed, native: mapping?.native ?? null, neededUnsafe: false, found: describe(end) };
  return { judged, refused: mapping === undefined };
}

type End = { readonly value: unknown } | { readonly thrown: unknown };

/** A time that is only there to end a loop may be longer on a busy machine. */
function limitsOf({ timelimit, depth, wanted }: SuiteCase): Partial<Limits> {
  const ends = "code" in wanted && LIMIT_CODES.includes(wanted.code);
  const deadline = ends ? (timelimit ?? LEAST_DEADLINE) : Math.max(timelimit ?? 0, LEAST_DEADLINE);
  if (depth === undefined) return { deadline, sequence: LONGEST };
  return { deadline, sequence: LONGEST, depth: Math.floor(depth / EVALUATIONS_PER_CALL) };
}

function isWanted(end: End, { wanted, unordered }: SuiteCase): boolean {
  if ("thrown" in end) return "code" in wanted && isCode(end.thrown, wanted.code);
  if ("code" in wanted) return false;
  if ("nothing" in wanted) return end.value === undefined;
  return unordered ? isSameBag(end.value, wanted.result) : isDeepStrictEqual(end.value, wanted.result);
}

function isCode(thrown: unknown, wanted: string): boolean {
  if (LIMIT_CODES.includes(wanted)) return thrown instanceof HubError && thrown.code === "TL_MAPPING_RUNAWAY";
  return codeOf(thrown) === wanted;
}

function isSameBag(value: unknown, wanted: unknown): boolean {
  const bag = (list: unknown): string[] =>
    (Array.isArray(list) ? list : [list]).map((member) => JSON.stringify(member)).sort();
  return isDeepStrictEqual(bag(value), bag(wanted));
}

function describe(end: End): string {
  if ("value" in end) return clip(JSON.stringify(end.value) ?? "nothing");
  return end.thrown instanceof HubError ? codeOf(end.thrown) : `not a HubError: ${String(end.thrown)}`;
}

export function describeWanted(wanted: Wanted): string {
  if ("code" in wanted) return wanted.code;
  return "nothing" in wanted ? "nothing" : clip(JSON.stringify(wanted.result));
}

function clip(text: string): string {
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
