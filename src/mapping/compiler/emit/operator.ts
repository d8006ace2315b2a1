import type { Emitter } from "./emitter.ts";
import { VALUE } from "./emitter.ts";
import {
  ANY,
  ARRAY,
  BOOLEAN,
  type Context,
  can,
  ENDLESS,
  NOTHING,
  NULL,
  NUMBER,
  OBJECT,
  only,
  TEXT,
  type Use,
  type Value,
} from "./kind.ts";
import { at, type Node } from "./node.ts";
import { handedOn } from "./result.ts";

/** Whether a value counts as true, as code. */
export function truthOf({ js, kinds }: Value): string {
  if (only(kinds, BOOLEAN)) return js;
  if (only(kinds, BOOLEAN | NOTHING | NULL)) return `${js} === true`;
  if (only(kinds, TEXT)) return `${js} !== ""`;
  if (only(kinds, TEXT | NOTHING)) return `(${js} !== undefined && ${js} !== "")`;
  if (only(kinds, NUMBER | NOTHING | NULL)) return `!!${js}`;
  return `truth(${js})`;
}

/** `and`, `or`: the right side only when it is needed. */
export function logical(emitter: Emitter, node: Node, context: Context): Value {
  const js = emitter.name("t");
  const left = emitter.evaluate(node.lhs as Node, context, VALUE);
  emitter.line(`let ${js} = ${truthOf(left)};`);
  emitter.line(node.value === "and" ? `if (${js}) {` : `if (!${js}) {`);
  emitter.branch(() => {
    const right = emitter.evaluate(node.rhs as Node, context, VALUE);
    emitter.line(`${js} = ${truthOf(right)};`);
  });
  emitter.line("}");
  return { js, kinds: BOOLEAN, input: false };
}

export const ARITHMETIC: ReadonlySet<string> = new Set(["+", "-", "*", "/", "%"]);
const COMPARISON = new Set(["<", "<=", ">", ">="]);

export function binary(emitter: Emitter, node: Node, context: Context): Value {
  const operator = String(node.value);
  if (operator === "and" || operator === "or") return logical(emitter, node, context);
  if (operator === "&") return concatenation(emitter, node, context);
  const left = emitter.evaluate(node.lhs as Node, context, VALUE);
  const right = emitter.evaluate(node.rhs as Node, context, VALUE);
  if (ARITHMETIC.has(operator)) return arithmetic(emitter, operator, left, right, node);
  if (COMPARISON.has(operator)) return comparison(emitter, operator, left, right, node);
  if (operator === "=" || operator === "!=") return equality(emitter, operator, left, right);
  if (operator === "in") return emitter.temp(emitter.marked(`within(${left.js}, ${right.js})`), BOOLEAN);
  const range = emitter.temp(`range(${left.js}, ${right.js}, ${at(node)})`, ARRAY | NOTHING);
  return emitter.program.unmarked ? range : emitter.temp(`sequenceOf(${range.js})`, ARRAY | NOTHING);
}

function arithmetic(emitter: Emitter, operator: string, left: Value, right: Value, node: Node): Value {
  const [l, r] = [left.js, right.js];
  const numbers = [left, right].filter(({ kinds }) => kinds !== NUMBER).map(({ js }) => isNumber(js));
  const slow = `arithmetic("${operator}", ${l}, ${r}, ${at(node)})`;
  const sure = only(left.kinds, NUMBER) && only(right.kinds, NUMBER);
  const kinds = NUMBER | ENDLESS | (sure ? 0 : NOTHING);
  // An endless side must fail; of a quotient or a remainder the result does not show it.
  if (operator === "/" || operator === "%")
    numbers.push(...[left, right].map(({ js }) => `Number.isFinite(${js})`));
  const js = emitter.name("t");
  emitter.line(`let ${js};`);
  const quick = `(${js} = ${l} ${operator} ${r}, ${operator === "/" || operator === "%" ? "true" : `${js} - ${js} === 0`})`;
  emitter.line(`if (!(${[...numbers, quick].join(" && ")})) ${js} = ${slow};`);
  return { js, kinds, input: false };
}

function isNumber(js: string): string {
  return `typeof ${js} === "number"`;
}

function comparison(emitter: Emitter, operator: string, left: Value, right: Value, node: Node): Value {
  const [l, r] = [left.js, right.js];
  const slow = `compared("${operator}", ${l}, ${r}, ${at(node)})`;
  const tests = [left, right].filter(({ kinds }) => kinds !== NUMBER).map(({ js }) => isNumber(js));
  const quick = `${l} ${operator} ${r}`;
  if (tests.length === 0) return emitter.temp(quick, BOOLEAN);
  return emitter.temp(`${tests.join(" && ")} ? ${quick} : ${slow}`, BOOLEAN | NOTHING);
}

function equality(emitter: Emitter, operator: string, left: Value, right: Value): Value {
  const [l, r] = [left.js, right.js];
  const plain = [left, right].some(({ kinds }) => !can(kinds, OBJECT | ARRAY));
  if (!plain) {
    const deep = `${operator === "=" ? "equal" : "unequal"}(${l}, ${r})`;
    return emitter.temp(emitter.marked(deep), BOOLEAN);
  }
  const present = [left, right].filter(({ kinds }) => can(kinds, NOTHING));
  if (operator === "=") {
    // Two that are both missing are not equal; one that is there is not equal to one that is missing.
    const both = present.length === 2 ? ` && ${l} !== undefined` : "";
    return emitter.temp(`${l} === ${r}${both}`, BOOLEAN);
  }
  const there = present.map(({ js }) => ` && ${js} !== undefined`).join("");
  return emitter.temp(`${l} !== ${r}${there}`, BOOLEAN);
}

/** `a & b & c` is one text. */
function concatenation(emitter: Emitter, node: Node, context: Context): Value {
  const parts: string[] = [];
  collect(node);
  const text = emitter.temp(parts.join(" + "), TEXT);
  emitter.line(`if (${text.js}.length > meter.text) longText(${text.js}, ${at(node)});`);
  return text;

  /** Both sides have their values before either is written out. */
  function collect({ lhs, rhs }: Node): void {
    const left = isJoined(lhs as Node) ? undefined : emitter.evaluate(lhs as Node, context, VALUE);
    if (left === undefined) collect(lhs as Node);
    const right = emitter.evaluate(rhs as Node, context, VALUE);
    if (left !== undefined) parts.push(piece(left, at(node)));
    parts.push(piece(right, at(node)));
  }

  function piece(value: Value, position: number): string {
    if (only(value.kinds, TEXT)) return value.js;
    const slow = `part(${value.js}, ${position})`;
    if (!can(value.kinds, TEXT)) return emitter.temp(slow, TEXT).js;
    return emitter.temp(`typeof ${value.js} === "string" ? ${value.js} : ${slow}`, TEXT).js;
  }
}

function isJoined(part: Node): boolean {
  const isBare = part.predicate === undefined && part.group === undefined;
  return part.type === "binary" && part.value === "&" && isBare;
}

export function negation(emitter: Emitter, node: Node, context: Context): Value {
  const value = emitter.evaluate(node.expression as Node, context, VALUE);
  if (only(value.kinds, NUMBER)) return emitter.temp(`-${value.js}`, NUMBER);
  return emitter.temp(`negated(${value.js}, ${at(node)})`, NUMBER | NOTHING);
}

/** `a ? b : c` */
export function condition(emitter: Emitter, node: Node, context: Context, use: Use): Value {
  const test = emitter.evaluate(node.condition as Node, context, VALUE);
  const js = emitter.name("t");
  emitter.line(`let ${js};`);
  emitter.line(`if (${truthOf(test)}) {`);
  const branch = (part: Node): Value =>
    emitter.branch(() => {
      const value = emitter.evaluate(part, context, handedOn(emitter, use));
      emitter.line(`${js} = ${value.js};`);
      return value;
    });
  const yes = branch(node.then as Node);
  let kinds = yes.kinds;
  let input = yes.input;
  if (node.else === undefined) kinds |= NOTHING;
  else {
    emitter.line("} else {");
    const no = branch(node.else);
    kinds |= no.kinds;
    input &&= no.input;
  }
  emitter.line("}");
  return { js, kinds: kinds & ANY, input };
}
