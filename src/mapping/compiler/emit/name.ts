import { type Emitter, memberOf, quoted } from "./emitter.ts";
import {
  ANY,
  ARRAY,
  type Context,
  can,
  ENDLESS,
  FUNCTION,
  OBJECT,
  only,
  UNDEFINED,
  type Value,
} from "./kind.ts";

/** `value`: as a value. `middle`: as what the next step goes through. */
type Form = "value" | "middle";

/** A path of names from the context, read once where it can be seen from both places. */
export function namePath(emitter: Emitter, names: readonly string[], context: Context, form: Form): Value {
  const key = JSON.stringify([context.js, form, names]);
  const known = emitter.paths.get(key);
  if (known !== undefined) return known;
  const value = readPath(emitter, names, context, form);
  emitter.paths.set(key, value);
  return value;
}

/** Where all on the way are objects it is a chain of reads. */
function readPath(emitter: Emitter, names: readonly string[], context: Context, form: Form): Value {
  if (!can(context.kinds, OBJECT | ARRAY)) return UNDEFINED;
  const { input } = context;
  const kinds = input ? ANY & ~(FUNCTION | ENDLESS) : ANY;
  if (names.length > 1)
    return emitter.temp(`${reader(emitter, names, input, form)}(${context.js})`, kinds, { input });
  const [name] = names as readonly [string];
  const read = memberOf(context.js, name);
  const list = `${lister(emitter, names, form)}(${context.js})`;
  const code = only(context.kinds, OBJECT)
    ? read
    : `${emitter.isObject(context)} ? ${read} : Array.isArray(${context.js}) ? ${list} : undefined`;
  const value = emitter.temp(code, kinds, { input });
  if (input || form === "middle") return value;
  return emitter.temp(`Array.isArray(${value.js}) ? lastName(${value.js}) : ${value.js}`, kinds);
}

/** A function of its own for each path of the mapping, so that each keeps its own knowledge of the records' shapes. */
function reader(emitter: Emitter, names: readonly string[], input: boolean, form: Form): string {
  const lines = names.map((name, index) => {
    const rest = lister(emitter, names.slice(index), form);
    const list = emitter.program.cons && index > 0 ? `${rest}(isCons(v) ? [v] : v)` : `${rest}(v)`;
    const isArray = `if (Array.isArray(v)) return ${list};`;
    return `if (typeof v !== "object" || v === null) return undefined;\n${isArray}\nv = ${memberOf("v", name)};`;
  });
  const end = input || form === "middle" ? "return v;" : "return Array.isArray(v) ? lastName(v) : v;";
  return emitter.constant(`(v) => {\n${lines.join("\n")}\n${end}\n}`, "p");
}

/** A path of names from each member of a list. */
function lister(emitter: Emitter, names: readonly string[], form: Form): string {
  const [first, ...rest] = names.map((name) => each(emitter, name));
  const all = rest.reduce((code, next) => `${next}(middle(${code}))`, `${first}(v)`);
  const last = form === "middle" ? "middle" : emitter.program.unmarked ? "lastUnmarked" : "last";
  return emitter.constant(`(v) => ${last}(${all})`, "l");
}

/** One name of each member of a list. */
function each(emitter: Emitter, name: string): string {
  const read = `isObject(x) ? ${memberOf("x", name)} : member(x, ${quoted(name)})`;
  const loop = `for (let i = 0; i < v.length; i++) {
if (--meter.fuel < 0) look();
const x = v[i];
const r = ${read};
if (r !== undefined) found.push(r);
}`;
  return emitter.constant(`(v) => {\nconst found = [];\n${loop}\nreturn found;\n}`, "e");
}
