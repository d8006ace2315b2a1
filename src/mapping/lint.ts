import { closest, distance } from "fastest-levenshtein";
import { HubError } from "../errors.ts";
import { type AstNode, boundNames, calledName, nodesOf } from "./ast.ts";
import { BUILT_INS } from "./builtin.ts";
import { HELPER_NAMES } from "./helper.ts";
import { LOOK_UP_NAMES } from "./look-up.ts";
import { placeAt, regexStart, tokenStart } from "./position.ts";
import { guardedRegex } from "./regex-guard.ts";

/**
 * Refuses what cannot be run safely or can never work: `$eval`, a new `$clone`, calls of unknown functions, unbounded
 * regular expressions. Regular expressions with the flag `i` are replaced by their equal without it.
 * @throws HubError TL_MAPPING_INVALID with line and column
 */
export function refuseUnsafe(
  root: AstNode,
  text: string,
  path: string,
  functions: readonly string[] = [],
): void {
  const nodes = nodesOf(root);
  const bound = boundNames(nodes);
  const refuse = (node: AstNode, message: string, cure: string): never => {
    const start = tokenStart(text, node.position ?? 0, node.value);
    throw new HubError("TL_MAPPING_INVALID", message, { place: placeAt(text, start, path), cure });
  };
  const clone = bound.get("clone");
  if (clone !== undefined) {
    refuse(clone, "$clone is reserved: the transform operator relies on it", "Use another name.");
  }
  for (const node of nodes) {
    if (node.type === "variable" && node.value === "eval" && !functions.includes("eval")) {
      refuse(node, "$eval is not allowed in a mapping: it would run text from outside as code", EVAL_CURE);
    }
    if (node.type === "regex") judgeRegex(node, text, path);
    const called = calledVariable(node);
    const name = called?.value;
    const isKnown = typeof name !== "string" || [bound, functions, KNOWN].some((names) => has(names, name));
    if (called !== undefined && typeof name === "string" && !isKnown) {
      refuse(called, `there is no function $${name}`, suggestion(name));
    }
    const field = calledField(node);
    if (field !== undefined)
      refuse(field, `${field.value} is not a function`, suggestion(String(field.value)));
  }
}

function has(names: readonly string[] | ReadonlyMap<string, unknown>, name: string): boolean {
  return "includes" in names ? names.includes(name) : names.has(name);
}

const EVAL_CURE = "Write the expression in the mapping, or pass what varies as data.";

/** The variable that a call, or `~>`, names. */
function calledVariable(node: AstNode): AstNode | undefined {
  const target =
    node.type === "apply" ? node.rhs : calledName(node) === undefined ? undefined : node.procedure;
  return target?.type === "variable" ? target : undefined;
}

/** Functions are called by their variable; `sum(x)` looks for a field of that name, which can never be a function. */
function calledField(node: AstNode): AstNode | undefined {
  const isCall = node.type === "function" || node.type === "partial";
  const steps = node.procedure?.type === "path" ? node.procedure.steps : undefined;
  return isCall && steps?.length === 1 && steps[0]?.type === "name" ? steps[0] : undefined;
}

/** `$eval` is refused by a sentence of its own. */
const KNOWN: readonly string[] = ["eval", ...BUILT_INS, ...HELPER_NAMES];

function suggestion(name: string): string {
  if (LOOK_UP_NAMES.includes(name)) return "Look-ups are for the mapping and for `when` of a route.";
  const near = closest(name, [...KNOWN.slice(1), ...LOOK_UP_NAMES]);
  return distance(name.toLowerCase(), near.toLowerCase()) <= Math.max(2, name.length / 3)
    ? `Did you mean $${near}?`
    : "The functions are listed at docs.jsonata.org and in src/mapping/README.md.";
}

function judgeRegex(node: AstNode, text: string, path: string): void {
  const regex = node.value;
  if (!(regex instanceof RegExp)) {
    // The parser copies what stands before `?:` as JSON text, in which a regular expression is an empty object.
    throw new HubError("TL_MAPPING_INVALID", "a regular expression before ?: is lost by the parser", {
      place: placeAt(text, Math.max(0, (node.position ?? 1) - 1), path),
      cure: "Write the condition in full, `a ? a : b`, or give it a name before.",
    });
  }
  const verdict = guardedRegex(regex.source, regex.flags);
  if ("problem" in verdict) {
    const start = regexStart(text, regex.source, node.position);
    throw new HubError("TL_MAPPING_INVALID", verdict.problem, {
      place: placeAt(text, start, path),
      cure: verdict.cure,
    });
  }
  if (verdict.source !== regex.source) node.value = new RegExp(verdict.source, verdict.flags);
}
