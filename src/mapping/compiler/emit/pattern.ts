import { type Emitter, quoted, VALUE } from "./emitter.ts";
import { literalIndex } from "./filter.ts";
import { ANY, ARRAY, BOOLEAN, type Context, ENDLESS, NOTHING, NUMBER, TEXT, type Value } from "./kind.ts";
import { at, type Node } from "./node.ts";
import type { Quick } from "./quick.ts";
import { isFunctionName } from "./variable.ts";

/** The literal argument at an index. */
function literal(node: Node, index: number): Node | undefined {
  const argument = node.arguments?.[index];
  return argument?.predicate === undefined && argument?.group === undefined ? argument : undefined;
}

/** A regular expression as a constant: it is made once, and set back before each use. */
export function regexConstant(emitter: Emitter, node: Node, global = true): string {
  const { source, flags } = node.value as RegExp;
  const used = global ? flags : flags.replace("g", "");
  return emitter.constant(`new RegExp(${quoted(source)}, ${quoted(used)})`, "z");
}

/** Whether no match can be empty, of which the library refuses a second one. Only what looks around can be empty within a text and not in an empty one. */
export function neverEmpty({ source, flags }: RegExp): boolean {
  return !/\\[bB]|\(\?<?[=!]/.test(source) && !new RegExp(source, flags.replace("g", "")).test("");
}

/** Longest replacement that is put in without counting what comes of each match. */
const SHORT_REPLACEMENT = 256;

/** Calls whose regular expression or picture stands in the mapping: it is prepared once. */
export function patterned(
  emitter: Emitter,
  name: string,
  args: readonly Value[],
  node: Node,
): Quick | undefined {
  if (args.length !== (node.arguments ?? []).length) return undefined;
  const [text] = args;
  if (text === undefined) return undefined;
  const second = literal(node, 1);
  if (second?.type === "regex") return ofRegex(emitter, name, args, node, second);
  if (name === "contains" && args.length === 2) return both(args, (a, b) => `${a}.includes(${b})`, BOOLEAN);
  if (name === "split" && args.length === 2) return both(args, (a, b) => `splitText(${a}, ${b})`, ARRAY);
  if (name === "replace" && args.length === 3 && second?.type === "string" && second.value !== "") {
    const [, pattern, replacement] = args as readonly [Value, Value, Value];
    const test = `${isText(text.js)} && ${isText(replacement.js)}`;
    return { test, code: `replacedText(${text.js}, ${pattern.js}, ${replacement.js})`, kinds: TEXT };
  }
  return ofDate(emitter, name, args, second);
}

function isText(js: string): string {
  return `typeof ${js} === "string"`;
}

function both(args: readonly Value[], code: (a: string, b: string) => string, kinds: number): Quick {
  const [a, b] = args as readonly [Value, Value];
  return { test: `${isText(a.js)} && ${isText(b.js)}`, code: code(a.js, b.js), kinds };
}

function ofRegex(
  emitter: Emitter,
  name: string,
  args: readonly Value[],
  node: Node,
  regex: Node,
): Quick | undefined {
  const [text, , third] = args as readonly [Value, Value, Value | undefined];
  const position = at(regex);
  if (name === "contains" && args.length === 2) {
    const single = regexConstant(emitter, regex, false);
    return { test: isText(text.js), code: `containsMatch(${text.js}, ${single})`, kinds: BOOLEAN };
  }
  const source = regexConstant(emitter, regex);
  const isSure = neverEmpty(regex.value as RegExp);
  if (name === "match" && args.length === 2) {
    const code = `asSequence(matches(${text.js}, ${source}, undefined, ${position}))`;
    return { test: isText(text.js), code, kinds: ANY };
  }
  if (name === "split" && args.length === 2) {
    const code =
      isSure && !/\((?!\?:)/.test((regex.value as RegExp).source)
        ? `splitAll(${text.js}, ${source}, ${position})`
        : `splitBy(${text.js}, ${source}, undefined, ${position})`;
    return { test: isText(text.js), code, kinds: ARRAY };
  }
  const replacement = literal(node, 2);
  if (name === "replace" && args.length === 3 && replacement?.type === "string" && third !== undefined) {
    const put = String(replacement.value);
    const code =
      isSure && !put.includes("$") && put.length <= SHORT_REPLACEMENT
        ? `replacedAll(${text.js}, ${source}, ${third.js}, ${position})`
        : `replacedBy(${text.js}, ${source}, ${third.js}, undefined, ${position})`;
    return { test: isText(text.js), code, kinds: TEXT };
  }
  return undefined;
}

function ofDate(
  emitter: Emitter,
  name: string,
  args: readonly Value[],
  picture: Node | undefined,
): Quick | undefined {
  const [value] = args as readonly [Value];
  const fixed = picture?.type === "string" ? quoted(String(picture.value)) : undefined;
  if (name === "toMillis" && args.length === 1) {
    const millis = emitter.temp(`${isText(value.js)} ? isoMillis(${value.js}) : undefined`);
    return { test: `${millis.js} !== undefined`, code: millis.js, kinds: NUMBER | ENDLESS };
  }
  if (name === "toMillis" && args.length === 2 && fixed !== undefined) {
    const reader = emitter.constant(`dateReader(${fixed})`, "d");
    return {
      test: `${reader} !== undefined && ${isText(value.js)}`,
      code: `${reader}(${value.js})`,
      kinds: NUMBER | ENDLESS,
    };
  }
  if (name !== "fromMillis" || args.length > 2) return undefined;
  const isMillis = `typeof ${value.js} === "number"`;
  if (args.length === 1) {
    const text = emitter.temp(`${isMillis} ? isoText(${value.js}) : undefined`);
    return { test: `${text.js} !== undefined`, code: text.js, kinds: TEXT };
  }
  if (fixed === undefined) return undefined;
  const writer = emitter.constant(`dateWriter(${fixed})`, "d");
  const text = emitter.temp(`${writer} !== undefined && ${isMillis} ? ${writer}(${value.js}) : undefined`);
  return { test: `${text.js} !== undefined`, code: text.js, kinds: TEXT };
}

/** The type of a node that stands for `$match(text, /…/)[0].match`, or for `.groups[n]` behind it. */
export const FIRST_MATCH = "first-match";

/** A path with such nodes in place of the two steps: no list of matches is made of which only the first is wanted. */
export function withFirstMatches(emitter: Emitter, path: Node): Node {
  const steps = path.steps as readonly Node[];
  const found: Node[] = [];
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index] as Node;
    const next = steps[index + 1];
    const group = isFirstMatch(emitter, step) ? groupIn(next) : undefined;
    if (group === undefined) found.push(step);
    else {
      found.push({
        type: FIRST_MATCH,
        value: group,
        arguments: step.arguments ?? [],
        position: at(step),
      });
      index++;
    }
  }
  return found.length === steps.length ? path : { ...path, steps: found };
}

function isFirstMatch(emitter: Emitter, node: Node): boolean {
  const { procedure, arguments: args = [] } = node;
  if (node.type !== "function" || procedure?.type !== "variable" || procedure.value !== "match") return false;
  if (procedure.predicate !== undefined || procedure.group !== undefined) return false;
  if (!isFunctionName(emitter, "match") || emitter.program.hosts.has("match")) return false;
  const [, regex] = args;
  const isPlain = args.length === 2 && regex?.type === "regex" && regex.predicate === undefined;
  if (!isPlain || regex.group !== undefined || !neverEmpty(regex.value as RegExp)) return false;
  return placeBehind(node) === 0;
}

/** The place in a list that is all that follows a node. */
function placeBehind({ predicate = [], stages = [], group, keepArray, tuple }: Node): number | undefined {
  const [only, ...others] = [...predicate, ...stages];
  const isBare = group === undefined && keepArray !== true && tuple !== true && others.length === 0;
  return isBare && only?.expr !== undefined ? literalIndex(only.expr) : undefined;
}

/** The group that the step behind the match asks for; 0 is all of it. */
function groupIn(step: Node | undefined): number | undefined {
  if (step?.type !== "name" || step.predicate !== undefined) return undefined;
  const isPlain = step.stages === undefined && step.keepArray !== true && step.tuple !== true;
  if (step.value === "match") return isPlain ? 0 : undefined;
  const place = step.value === "groups" ? placeBehind(step) : undefined;
  return place !== undefined && place >= 0 ? place + 1 : undefined;
}

/** What such a node comes to. A text that is missing has no match; what is no text is refused by the library. */
export function firstMatch(emitter: Emitter, node: Node, context: Context): Value {
  const [text, regex] = node.arguments as readonly [Node, Node];
  const { js } = emitter.evaluate(text, context, VALUE);
  const native = emitter.constant('native("match")', "q");
  const refused = `invoke(${native}, ${context.js}, [${js}, matcher(${regexConstant(emitter, regex)}, ${at(regex)})], ${at(node)})`;
  const single = regexConstant(emitter, regex, false);
  return emitter.temp(
    `${isText(js)} ? firstMatch(${js}, ${single}, ${String(node.value)}) : ${js} === undefined ? undefined : ${refused}`,
    TEXT | NOTHING,
  );
}
