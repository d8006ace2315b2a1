import { type Emitter, quoted, VALUE } from "./emitter.ts";
import {
  ANY,
  ARRAY,
  type Context,
  ENDLESS,
  FUNCTION,
  OBJECT,
  UNDEFINED,
  type Use,
  type Value,
} from "./kind.ts";
import { type Node, walk } from "./node.ts";
import { handed, handedOn, isOpen } from "./result.ts";
import { type Scope, scopeIn, type Variable } from "./scope.ts";

/** A new scope for expressions, with the variables they bind in it. */
export function declare(emitter: Emitter, nodes: readonly Node[], tuple: Scope["tuple"] = null): Scope {
  const scope = scopeIn(emitter.scope, tuple);
  const counts = new Map<string, number>();
  for (const node of nodes) {
    walk(node, (inner) => {
      if (inner.type === "block" || (inner.type === "lambda" && inner.thunk !== true)) return false;
      if (inner.type === "bind") count(counts, inner);
      return true;
    });
  }
  for (const [name, times] of counts) {
    const direct = nodes.some((node) => node.type === "bind" && boundName(node) === name);
    const variable: Variable = {
      js: emitter.name("v"),
      definite: false,
      stable: direct && times === 1,
      readEarly: false,
      value: UNDEFINED,
    };
    scope.variables.set(name, variable);
    emitter.line(`let ${variable.js} = UNBOUND;`);
  }
  return scope;
}

function count(counts: Map<string, number>, bind: Node): void {
  const name = boundName(bind);
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

function boundName(bind: Node): string {
  return String(bind.lhs?.value);
}

/** `( a; b; c )` */
export function block(emitter: Emitter, node: Node, context: Context, use: Use): Value {
  const expressions = node.expressions ?? [];
  const scope = declare(emitter, expressions);
  return emitter.within(scope, () => {
    let result: Value = UNDEFINED;
    for (const [index, expression] of expressions.entries()) {
      if (index < expressions.length - 1) emitter.unseen.add(expression);
      result = emitter.evaluate(
        expression,
        context,
        index === expressions.length - 1 ? handedOn(emitter, use) : VALUE,
      );
    }
    return isOpen(use) ? handed(emitter, result) : result;
  });
}

/** `$name := value` */
export function bind(emitter: Emitter, node: Node, context: Context): Value {
  const name = boundName(node);
  const value = emitter.evaluate(node.rhs as Node, context, VALUE);
  assign(emitter, emitter.scope.variables.get(name) as Variable, value);
  return handed(emitter, value);
}

export function assign(emitter: Emitter, variable: Variable, value: Value): void {
  emitter.line(`${variable.js} = ${value.js};`);
  variable.definite = true;
  variable.value = variable.stable ? value : { js: variable.js, kinds: ANY, input: false };
}

/** The variable a name means here, when it is bound for sure. */
export function variableOf(emitter: Emitter, name: string): Variable | undefined {
  for (let scope: Scope | null = emitter.scope; scope !== null; scope = scope.parent) {
    const variable = scope.variables.get(name);
    if (variable?.definite === true) return variable;
    if (variable !== undefined || scope.tuple?.labels.has(name) === true) return undefined;
  }
  return undefined;
}

/** Whether a name is that of a function of the library or the host: the mapping itself binds it nowhere. */
export function isFunctionName(emitter: Emitter, name: string): boolean {
  return !emitter.program.bound.has(name) && emitter.program.functions.has(name);
}

/** `$name`, `$` and `$$` */
export function variable(emitter: Emitter, node: Node, context: Context): Value {
  const name = String(node.value);
  if (name !== "") return read(emitter, name);
  if (context.test === null && context.kinds === OBJECT) return context;
  const kinds = context.input ? ANY & ~(FUNCTION | ENDLESS) : ANY;
  if ((context.kinds & ARRAY) === 0) return { js: context.js, kinds: context.kinds, input: context.input };
  // A list may be a sequence of one, which is its member.
  return emitter.temp(`self(${context.js})`, kinds, { input: context.input });
}

/** The value of a name, or of a label of a path. */
export function read(emitter: Emitter, name: string): Value {
  return handed(emitter, meant(emitter, name));
}

function meant(emitter: Emitter, name: string): Value {
  const known = variableOf(emitter, name);
  if (known !== undefined) {
    known.known?.needed();
    return known.stable ? known.value : emitter.temp(known.js);
  }
  return emitter.temp(lookup(emitter, emitter.scope, name));
}

function lookup(emitter: Emitter, scope: Scope | null, name: string): string {
  if (scope === null) return outermost(emitter, name);
  const outer = (): string => lookup(emitter, scope.parent, name);
  const variable = scope.variables.get(name);
  variable?.known?.needed();
  if (variable?.definite === true) return variable.js;
  const label = scope.tuple?.labels.has(name) === true ? scope.tuple.js : undefined;
  const next =
    label === undefined
      ? outer
      : () => `(${quoted(name)} in ${label} ? ${label}[${quoted(name)}] : ${outer()})`;
  if (variable === undefined) return next();
  variable.readEarly = true;
  return `(${variable.js} !== UNBOUND ? ${variable.js} : ${next()})`;
}

/** What no scope of the mapping binds: the input, what the host binds, or a function. */
function outermost(emitter: Emitter, name: string): string {
  if (name === "$") return "root";
  if (name.startsWith("!")) return "undefined";
  if (emitter.program.functions.has(name)) return emitter.constant(`asValue(native(${quoted(name)}))`, "q");
  return `bindingOf(bindings, ${quoted(name)})`;
}
