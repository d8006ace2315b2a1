import { BEHIND, CONTEXTUAL, kindsOf, mostArguments, OPEN, SHORT, STRICT } from "./built-in-facts.ts";
import { type Emitter, quoted } from "./emitter.ts";
import { ANY, ARRAY, BOOLEAN, can, FUNCTION, NOTHING, NUMBER, only, TEXT, type Value } from "./kind.ts";
import { at, type Node } from "./node.ts";
import { truthOf } from "./operator.ts";
import { patterned } from "./pattern.ts";
import { QUICK } from "./quick-call.ts";

/** A call of a function of the library or of the host. */
export function builtInCall(
  emitter: Emitter,
  name: string,
  args: readonly Value[],
  input: string,
  node: Node,
  tail = false,
): Value {
  const isHost = emitter.program.hosts.has(name);
  const sure = isHost ? undefined : always(emitter, name, args);
  if (sure !== undefined) return sure;
  if (!isHost && name === "lookup" && args.length === 2 && args[0]?.table !== undefined)
    return inTable(emitter, args as readonly [Value, Value], input, node);
  const native = emitter.constant(`native(${quoted(name)})`, "q");
  const slow = `invoke(${native}, ${input}, [${args.map(({ js }) => js).join(", ")}], ${at(node)})`;
  const isFit = !isHost && args.length <= mostArguments(name);
  const quick = !isFit
    ? undefined
    : (QUICK[name]?.(withContext(name, args, input), emitter, node) ?? patterned(emitter, name, args, node));
  const kinds = isHost ? ANY : kindsOf(name);
  if (quick === undefined) {
    const value = emitter.temp(slow, kinds | NOTHING);
    return tail || OPEN.has(name) ? { ...value, open: true } : value;
  }
  const missing = mayBeMissing(name, args);
  const first = args[0]?.js ?? "";
  const rest = missing ? `${first} === undefined ? undefined : ${slow}` : slow;
  if (!SHORT.has(name)) emitter.mark(at(node));
  const value = emitter.temp(`${quick.test} ? ${quick.code} : ${rest}`, quick.kinds | kinds | NOTHING);
  return tail || OPEN.has(name) ? { ...value, open: true } : value;
}

/** `$lookup` in a table that stands in the mapping. What is no text is the library's work, which it mostly refuses. */
function inTable(emitter: Emitter, [table, key]: readonly [Value, Value], input: string, node: Node): Value {
  const place = JSON.stringify(["lookup", table.js, key.js]);
  const known = emitter.paths.get(place);
  if (known !== undefined) return known;
  const map = emitter.constant(`new Map(Object.entries(${table.js}))`, "m");
  const native = emitter.constant('native("lookup")', "q");
  const slow = `invoke(${native}, ${input}, [${table.js}, ${key.js}], ${at(node)})`;
  const found = `typeof ${key.js} === "string" ? ${map}.get(${key.js}) : ${slow}`;
  const value = emitter.temp(found, (table.table ?? ANY) | NOTHING);
  emitter.paths.set(place, value);
  return value;
}

/** Whether the first argument may be missing, and nothing comes of that: the library still refuses a wrong one behind it. */
function mayBeMissing(name: string, [first, ...others]: readonly Value[]): boolean {
  if (first === undefined || !can(first.kinds, NOTHING)) return false;
  const behind = BEHIND[name];
  if (behind !== undefined)
    return others.length > 0 && others.every(({ kinds }, index) => only(kinds, behind[index] ?? 0));
  if (STRICT.has(name)) return false;
  const option = name === "round" ? NUMBER : TEXT;
  return others.every(({ kinds }) => only(kinds, option));
}

function withContext(name: string, args: readonly Value[], input: string): readonly Value[] {
  if (args.length > 0 || !CONTEXTUAL.has(name)) return args;
  return [{ js: input, kinds: ANY, input: false }];
}

/** Functions that take anything. */
function always(emitter: Emitter, name: string, args: readonly Value[]): Value | undefined {
  const [first, second] = args as readonly [Value, Value];
  if (name === "exists" && args.length === 1) return emitter.temp(`${first.js} !== undefined`, BOOLEAN);
  if (name === "count" && args.length === 1)
    return emitter.temp(
      `Array.isArray(${first.js}) ? ${first.js}.length : ${first.js} === undefined ? 0 : 1`,
      NUMBER,
    );
  if ((name === "not" || name === "boolean") && args.length === 1) {
    const truth = name === "not" ? `!(${truthOf(first)})` : truthOf(first);
    if (name === "boolean" && can(first.kinds, ARRAY))
      return emitter.temp(`booleanOf(${first.js})`, BOOLEAN | NOTHING);
    if (!can(first.kinds, NOTHING)) return emitter.temp(truth, BOOLEAN);
    return emitter.temp(`${first.js} === undefined ? undefined : ${truth}`, BOOLEAN | NOTHING);
  }
  if (name === "append" && args.length === 2)
    return { ...emitter.temp(emitter.marked(`append(${first.js}, ${second.js})`)), open: true };
  if (name === "distinct" && args.length === 1 && !can(first.kinds, FUNCTION))
    return { ...emitter.temp(emitter.marked(`distinct(${first.js})`)), open: true };
  if (name === "type" && args.length === 1) return emitter.temp(`typeName(${first.js})`, TEXT | NOTHING);
  return undefined;
}
