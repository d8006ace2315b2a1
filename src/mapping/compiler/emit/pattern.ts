import { type Emitter, quoted } from "./emitter.ts";
import { ANY, ARRAY, BOOLEAN, ENDLESS, NUMBER, TEXT, type Value } from "./kind.ts";
import { at, type Node } from "./node.ts";
import type { Quick } from "./quick.ts";

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
  const replacement = node.arguments?.[2];
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
