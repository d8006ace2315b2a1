import { distinctList } from "./aggregate.ts";
import { type Emitter, quoted, VALUE } from "./emitter.ts";
import { grouping, type Pairs } from "./group.ts";
import { ARRAY, type Context, can, NOTHING, OBJECT, type Use, type Value } from "./kind.ts";
import { inLoops } from "./loops.ts";
import { at, type Node, pairs } from "./node.ts";
import { deeper } from "./result.ts";
import { listed } from "./sink.ts";

const RESERVED = new Set(["_jsonata_lambda", "_jsonata_function"]);

/** `{ "a": b }` as a value. With fixed keys it is one literal. */
export function object(emitter: Emitter, node: Node, context: Context, use: Use): Value {
  const all = pairs(node);
  const keys = fixedKeys(all);
  if (keys === undefined || (keys.length === 0 && can(context.kinds, ARRAY)))
    return grouping(emitter, all, context, at(node), use);
  const values = literalContext(emitter, context);
  const members = all.map(([, value], index) => ({
    key: keys[index] as string,
    value: emitter.evaluate(value, values, deeper(emitter, use)),
  }));
  return literal(emitter, members, use);
}

function fixedKeys(all: Pairs): readonly string[] | undefined {
  const keys = all.map(([key]) =>
    key.type === "string" && key.predicate === undefined && key.group === undefined
      ? String(key.value)
      : undefined,
  );
  const fixed = keys.filter((key) => key !== undefined && !RESERVED.has(key));
  return fixed.length === keys.length && new Set(fixed).size === keys.length
    ? (fixed as string[])
    : undefined;
}

/** An object constructor takes an array as its context for all its members together. */
function literalContext(emitter: Emitter, context: Context): Context {
  if (!can(context.kinds, ARRAY)) return context;
  const { js, input, kinds, many = false } = context;
  const all = emitter.temp(`Array.isArray(${js}) ? allOf(${js}) : ${js}`);
  return { ...emitter.context(all.js, kinds, input), many };
}

function literal(
  emitter: Emitter,
  members: readonly { readonly key: string; readonly value: Value }[],
  use: Use,
): Value {
  const whole = `{ ${members.map(({ key, value }) => `${property(key)}: ${value.js}`).join(", ")} }`;
  // A table that stands in the mapping is made once; what becomes part of the result is the record's own.
  if (
    !use.result &&
    !emitter.program.tellsApart &&
    members.every(({ value }) => value.constant !== undefined)
  )
    return {
      js: emitter.constant(whole),
      kinds: OBJECT,
      input: false,
      table: members.reduce((kinds, { value }) => kinds | value.kinds, 0),
    };
  const optional = members.filter(({ value }) => can(value.kinds, NOTHING));
  if (optional.length === 0) return emitter.temp(whole, OBJECT);
  const js = emitter.name("o");
  emitter.line(`let ${js};`);
  emitter.line(
    `if (${optional.map(({ value }) => `${value.js} !== undefined`).join(" && ")}) ${js} = ${whole};`,
  );
  emitter.line("else {");
  emitter.line(`${js} = {};`);
  for (const { key, value } of members) {
    const set =
      key === "__proto__" ? `put(${js}, "__proto__", ${value.js});` : `${js}[${quoted(key)}] = ${value.js};`;
    emitter.line(can(value.kinds, NOTHING) ? `if (${value.js} !== undefined) ${set}` : set);
  }
  emitter.line("}");
  return { js, kinds: OBJECT, input: false };
}

/** In a literal `__proto__` would be the prototype, unless it is computed. */
function property(key: string): string {
  return key === "__proto__" ? '["__proto__"]' : quoted(key);
}

/** A variable, or a path of names. */
function isRead(item: Node): boolean {
  const isNames = (item.steps ?? []).every((step) => step.type === "name" && step.stages === undefined);
  return isNames && item.predicate === undefined && item.group === undefined;
}

/** `[path]` and `[$distinct(path)]` without another list before; undefined for anything else. */
function onlyList(emitter: Emitter, item: Node, context: Context, use: Use): Value | undefined {
  if (item.type === "function") return distinctList(emitter, item, context, use);
  const loops = inLoops(emitter, item, context);
  return loops && listed(emitter, loops, use);
}

/** `[a, b]` */
export function array(emitter: Emitter, node: Node, context: Context, use: Use): Value {
  const inside = deeper(emitter, use);
  const expressions = node.expressions ?? [];
  const cons = node.consarray === true && !use.result;
  const finish = (value: Value): Value => {
    if (use.result) emitter.line(`counted(${value.js});`);
    return cons ? emitter.temp(`asCons(${value.js})`, ARRAY) : value;
  };
  const list = expressions.length === 1 && onlyList(emitter, expressions[0] as Node, context, inside);
  if (list) return finish(list);
  const items = expressions.map((item) => {
    // What is read from the input is copied member by member, as it is added.
    const read = use.result && (item.type === "path" || item.type === "variable") && isRead(item);
    const value = emitter.evaluate(item, context, read ? VALUE : inside);
    return { value, read, whole: item.value === "[" || !can(value.kinds, ARRAY) };
  });
  if (items.every(({ value, whole, read }) => whole && !read && !can(value.kinds, NOTHING)))
    return finish(emitter.temp(`[${items.map(({ value }) => value.js).join(", ")}]`, ARRAY));
  const all = emitter.temp("[]", ARRAY);
  emitter.mark();
  for (const { value, whole, read } of items) {
    const plain = whole ? `${all.js}.push(${value.js});` : `extend(${all.js}, ${value.js});`;
    const add = read && use.result ? `extendOut(${all.js}, ${value.js}, ${use.depth + 1});` : plain;
    emitter.line(can(value.kinds, NOTHING) ? `if (${value.js} !== undefined) ${add}` : add);
  }
  return finish(all);
}
