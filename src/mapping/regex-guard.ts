import { setFlagsFromString } from "node:v8";
import { caseless } from "./regex-caseless.ts";
import { boundedSteps } from "./regex-steps.ts";

let enabled = false;

/**
 * A regular expression that backtracks too much is finished by V8's linear-time engine instead. Call it once in each
 * thread before any other regular expression runs; more calls do nothing. Look-around, back-references, the flag `i`
 * and large counts are beyond that engine: mappings with them are refused or rewritten (`guardedRegex`).
 */
export function enableLinearRegex(): void {
  if (enabled) return;
  enabled = true;
  setFlagsFromString("--enable-experimental-regexp-engine-on-excessive-backtracks");
  // Only for the flag `l`, by which `isLinear` asks the engine whether it can take a pattern.
  setFlagsFromString("--enable-experimental-regexp-engine");
}

/** The most steps that a pattern outside the linear engine may take from one place in the text. */
const STEP_LIMIT = 100_000;

/** Why a regular expression may not run, with its cure; or the form in which it may. */
export type RegexVerdict =
  | { readonly source: string; readonly flags: string }
  | { readonly problem: string; readonly cure: string };

/** Judges a pattern of a mapping. `flags` is any of `i`, `m`, `g`. */
export function guardedRegex(source: string, flags: string): RegexVerdict {
  enableLinearRegex();
  const bare = withoutEscapesAndClasses(source);
  if (/\(\?<?[=!]/.test(bare)) {
    return { problem: "look-around in a regular expression has no bounded time", cure: LOOK_AROUND_CURE };
  }
  if (/\\(?:[1-9]|k<)/.test(bare)) {
    return {
      problem: "a back-reference in a regular expression has no bounded time",
      cure: BACK_REFERENCE_CURE,
    };
  }
  const plain = flags.includes("i")
    ? { source: caseless(source), flags: flags.replace("i", "") }
    : { source, flags };
  if (isLinear(plain.source, plain.flags)) return plain;
  if (boundedSteps(bare) <= STEP_LIMIT) return { source, flags };
  return { problem: "the regular expression has no bounded time", cure: COUNT_CURE };
}

const LOOK_AROUND_CURE = "Match the surroundings too and take a group, or test with a second expression.";
const BACK_REFERENCE_CURE = "Match both parts as groups and compare them in the mapping.";
const COUNT_CURE =
  "Keep counts such as {2,16} at 16 or less where other repetitions meet them, or use + and $length.";

/** Whether the linear-time engine can take the pattern. */
function isLinear(source: string, flags: string): boolean {
  try {
    return new RegExp(source, `${flags.replace("l", "")}l`) !== undefined;
  } catch {
    return false;
  }
}

/** The pattern with each class and each escaped character that is not a back-reference as one plain letter. */
function withoutEscapesAndClasses(source: string): string {
  return source.replace(/\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[^1-9k])|\[(?:\\.|[^\]\\])*\]/gs, "a");
}
