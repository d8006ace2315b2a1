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

/** A path of names from the context. Where all on the way are objects it is a chain of reads. */
export function namePath(emitter: Emitter, names: readonly string[], context: Context, form: Form): Value {
  if (!can(context.kinds, OBJECT | ARRAY)) return UNDEFINED;
  const { input } = context;
  const kinds = input ? ANY & ~(FUNCTION | ENDLESS) : ANY;
  if (names.length > 1)
    return emitter.temp(`${reader(emitter, names, input, form)}(${context.js})`, kinds, { input });
  const [name] = names as readonly [string];
  const read = memberOf(context.js, name);
  const all = emitter.constant(`[${quoted(name)}]`);
  const code = only(context.kinds, OBJECT)
    ? read
    : `${emitter.isObject(context)} ? ${read} : namesOf(${context.js}, ${all}, ${form === "middle"})`;
  const value = emitter.temp(code, kinds, { input });
  if (input || form === "middle") return value;
  return emitter.temp(`Array.isArray(${value.js}) ? lastName(${value.js}) : ${value.js}`, kinds);
}

/** A function of its own for each path of the mapping, so that each keeps its own knowledge of the records' shapes. */
function reader(emitter: Emitter, names: readonly string[], input: boolean, form: Form): string {
  const all = emitter.constant(`[${names.map(quoted).join(", ")}]`);
  const middle = form === "middle";
  const lines = names.map((name, index) => {
    const isArray = `if (Array.isArray(v)) return names(v, ${all}, ${index}, ${middle});`;
    return `if (typeof v !== "object" || v === null) return undefined;\n${isArray}\nv = ${memberOf("v", name)};`;
  });
  const end = input || middle ? "return v;" : "return Array.isArray(v) ? lastName(v) : v;";
  return emitter.constant(`(v) => {\n${lines.join("\n")}\n${end}\n}`, "p");
}
