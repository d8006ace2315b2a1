import { apply, call, partial, tailCall } from "./call.ts";
import { Emitter, memberOf, OPEN, type Program, quoted, Unsupported } from "./emitter.ts";
import { filterInto, literalIndex } from "./filter.ts";
import { grouping } from "./group.ts";
import {
  ANY,
  ARRAY,
  BOOLEAN,
  type Context,
  ENDLESS,
  FUNCTION,
  NOTHING,
  NULL,
  NUMBER,
  TEXT,
  type Use,
  type Value,
} from "./kind.ts";
import { isForced, lambda, namedLambda } from "./lambda.ts";
import { at, type Node } from "./node.ts";
import { array, object } from "./object.ts";
import { binary, condition, negation } from "./operator.ts";
import { path } from "./path.ts";
import { FIRST_MATCH, firstMatch, regexConstant, withFirstMatches } from "./pattern.ts";
import { closed, used } from "./result.ts";
import { transform } from "./transform.ts";
import { filterEither, tuplePath } from "./tuple.ts";
import { bind, block, read, variable } from "./variable.ts";

/** A writer of code for one mapping. */
export function createEmitter(program: Program): Emitter {
  const emitter: Emitter = new Emitter(program, (node, context, use) => {
    const outer = emitter.position;
    emitter.position = node.position ?? node.steps?.[0]?.position ?? outer;
    const value = evaluate(emitter, node, context, use);
    emitter.position = outer;
    return value;
  });
  return emitter;
}

/** The value of a node, with what follows it: predicates, grouping, `[]`. */
function evaluate(emitter: Emitter, node: Node, context: Context, use: Use): Value {
  const { predicate } = node;
  const group = node.type === "path" ? undefined : node.group;
  if (node.type === "path") return base(emitter, node, context, use);
  if (predicate === undefined && group === undefined && node.keepArray !== true) {
    const value = base(emitter, node, context, use);
    return settles(node) ? used(emitter, closed(emitter, value), use) : value;
  }
  let value = isForced(node) ? forcedBase(emitter, node, context) : base(emitter, node, context, OPEN);
  for (const { expr } of predicate ?? []) value = filtered(emitter, node, value, expr as Node);
  if (group !== undefined) return grouping(emitter, group.lhs, value, group.position ?? 0, use);
  if (node.keepArray === true && (predicate !== undefined || value.open === true))
    value = { ...emitter.temp(`keep(${value.js})`, value.kinds, { input: value.input }), open: true };
  return used(emitter, closed(emitter, value), use);
}

function forcedBase(emitter: Emitter, node: Node, context: Context): Value {
  const { forced } = emitter;
  emitter.forced = true;
  const value = base(emitter, node, context, OPEN);
  emitter.forced = forced;
  return value;
}

/** These hand on what is in them as it is. */
function settles(node: Node): boolean {
  return node.type !== "condition" && node.type !== "block" && node.type !== "lambda";
}

function filtered(emitter: Emitter, node: Node, value: Value, predicate: Node): Value {
  const nth = literalIndex(predicate);
  if (nth !== undefined && node.tuple === true)
    return { ...emitter.temp(`tupleNth(listOf(${value.js}), ${nth})`, ARRAY), open: true };
  if (nth !== undefined)
    return { ...emitter.temp(`nthOpen(${value.js}, ${nth})`, ANY, { input: value.input }), open: true };
  if (node.tuple === true)
    return { ...emitter.temp(filterEither(emitter, node, value, predicate), ARRAY), open: true };
  const found = emitter.name("f");
  emitter.line(`const ${found} = [];`);
  filterInto(emitter, value, predicate, found);
  return { ...emitter.temp(`asSequence(${found})`, ARRAY, { input: value.input }), open: true };
}

function base(emitter: Emitter, node: Node, context: Context, use: Use): Value {
  switch (node.type) {
    case "path":
      return isTuplePath(node)
        ? tuplePath(emitter, node, context, use)
        : path(emitter, withFirstMatches(emitter, node), context, use);
    case "name":
      return name(emitter, node, context);
    case "string":
    case "number":
    case "value":
      return literal(node);
    case "binary":
      return binary(emitter, node, context);
    case "unary":
      return unary(emitter, node, context, use);
    case "condition":
      return condition(emitter, node, context, use);
    case "block":
      return block(emitter, node, context, use);
    case "bind":
      return bindOrName(emitter, node, context);
    case "variable":
      return variable(emitter, node, context);
    case "parent":
      return read(emitter, node.slot?.label ?? "");
    default:
      return ofFunctions(emitter, node, context, use);
  }
}

function ofFunctions(emitter: Emitter, node: Node, context: Context, use: Use): Value {
  switch (node.type) {
    case "function":
      return call(emitter, node, context, use);
    case "lambda":
      return node.thunk === true
        ? tailCall(emitter, node, context)
        : used(emitter, lambda(emitter, node, context), use);
    case "partial":
      return partial(emitter, node, context);
    case "apply":
      return apply(emitter, node, context, use);
    case "transform":
      return transform(emitter, node);
    case "regex":
      return { js: `matcher(${regexConstant(emitter, node)}, ${at(node)})`, kinds: FUNCTION, input: false };
    case FIRST_MATCH:
      return firstMatch(emitter, node, context);
    case "wildcard":
      return { ...emitter.temp(emitter.marked(`wildcard(${context.js})`), ANY), open: true };
    case "descendant":
      return { ...emitter.temp(emitter.marked(`descendants(${context.js})`), ANY), open: true };
    default:
      emitter.unsupported.push(new Unsupported(node, node.type));
      return { js: "undefined", kinds: NOTHING, input: true };
  }
}

function isTuplePath(node: Node): boolean {
  return (node.steps ?? []).some((step) => step.tuple === true);
}

/** A name as a step: the member of one value. */
function name(emitter: Emitter, node: Node, context: Context): Value {
  const text = String(node.value);
  const kinds = context.input ? ANY & ~(FUNCTION | ENDLESS) : ANY;
  const kept = node.keepArray === true;
  const read = `${kept ? "memberOpen" : "member"}(${context.js}, ${quoted(text)})`;
  const code = `${emitter.isObject(context)} ? ${memberOf(context.js, text)} : ${read}`;
  return { ...emitter.temp(code, kinds, { input: context.input }), ...(kept ? { open: true } : {}) };
}

function literal(node: Node): Value {
  const { value } = node;
  if (typeof value === "string") return { js: quoted(value), kinds: TEXT, input: true, constant: value };
  if (typeof value === "number") {
    const js = `(${Object.is(value, -0) ? "-0" : value})`;
    return { js, kinds: Number.isFinite(value) ? NUMBER : NUMBER | ENDLESS, input: true, constant: value };
  }
  if (typeof value === "boolean") return { js: String(value), kinds: BOOLEAN, input: true, constant: value };
  return { js: "null", kinds: NULL, input: true, constant: null };
}

function unary(emitter: Emitter, node: Node, context: Context, use: Use): Value {
  if (node.value === "[") return final(array(emitter, node, context, use), use);
  if (node.value === "{") return final(object(emitter, node, context, use), use);
  return negation(emitter, node, context);
}

/** Made for the result, of values that are part of it. */
function final(value: Value, use: Use): Value {
  return use.result ? { ...value, final: true } : value;
}

function bindOrName(emitter: Emitter, node: Node, context: Context): Value {
  const right = node.rhs as Node;
  const bound = emitter.scope.variables.get(String(node.lhs?.value));
  const isNamed =
    right.type === "lambda" &&
    right.thunk !== true &&
    right.signature === undefined &&
    right.predicate === undefined;
  if (isNamed && right.group === undefined && bound?.stable === true && !bound.definite)
    return namedLambda(emitter, right, bound, context, !emitter.unseen.has(node));
  return bind(emitter, node, context);
}
