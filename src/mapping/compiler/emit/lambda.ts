import { type Emitter, quoted, VALUE } from "./emitter.ts";
import { ANY, type Context, FUNCTION, UNDEFINED, type Use, type Value } from "./kind.ts";
import { at, type Node, walk } from "./node.ts";
import { handedOn } from "./result.ts";
import { type KnownFunction, type Scope, scopeIn, type Variable } from "./scope.ts";
import { declare, isFunctionName } from "./variable.ts";

/** Whether a function may end with a call that its caller has to make. */
export function mayTail(emitter: Emitter, lambda: Node): boolean {
  let found = false;
  walk(lambda.body, (node) => {
    if (node.type === "lambda" && node.thunk !== true) return false;
    if (node.type === "lambda" && !callsFunction(emitter, node.body as Node)) found = true;
    if (isForced(node)) found = true;
    return !found;
  });
  return found;
}

/** Whether a predicate stands behind a part that ends with the call a function ends with. */
export function isForced(node: Node): boolean {
  const isPart = node.type === "block" || node.type === "condition";
  return isPart && (node.predicate !== undefined || node.group !== undefined) && hasEnding(node);
}

/** Whether a function may end with a call of any function. */
export function endsWithCall(lambda: Node): boolean {
  return hasEnding(lambda.body);
}

function hasEnding(part: Node | undefined): boolean {
  let found = false;
  walk(part, (node) => {
    if (node.type === "lambda") found ||= node.thunk === true;
    return node.type !== "lambda";
  });
  return found;
}

/** Whether a call is of a function of the library, which ends by itself. */
function callsFunction(emitter: Emitter, call: Node): boolean {
  const { procedure } = call;
  return procedure?.type === "variable" && isFunctionName(emitter, String(procedure.value));
}

/** Whether functions are made inside, which could outlive one round of a loop. */
function makesFunctions(lambda: Node): boolean {
  let found = false;
  walk(lambda.body, (node) => {
    if (
      (node.type === "lambda" && node.thunk !== true) ||
      node.type === "partial" ||
      node.type === "transform"
    )
      found = true;
    return !found;
  });
  return found;
}

/** The parameters of a function as variables; the last of a name counts. */
export function parametersIn(emitter: Emitter, lambda: Node, values: readonly Value[]): Scope {
  const scope = scopeIn(emitter.scope);
  for (const [index, parameter] of (lambda.arguments ?? []).entries()) {
    const value = values[index] ?? UNDEFINED;
    scope.variables.set(String(parameter.value), {
      js: value.js,
      definite: true,
      stable: true,
      readEarly: false,
      value,
    });
  }
  return scope;
}

/** The body of a function with its parameters bound, written where it is. */
export function body(
  emitter: Emitter,
  lambda: Node,
  scope: Scope,
  context: Context,
  use: Use = VALUE,
): Value {
  return emitter.within(scope, () => {
    const inner = declare(emitter, [lambda.body as Node]);
    for (const [name, variable] of scope.variables)
      if (!inner.variables.has(name)) inner.variables.set(name, variable);
    return emitter.within(inner, () => emitter.evaluate(lambda.body as Node, context, use));
  });
}

/** A function as code of its own: `(input, a, b) => { … }`. */
function functionCode(emitter: Emitter, lambda: Node, context: Context, self: Variable | undefined): string {
  const parameters = (lambda.arguments ?? []).map(() => emitter.name("a"));
  const input = emitter.name("w");
  const loops = self !== undefined && !makesFunctions(lambda);
  const outer = emitter.unit;
  const { forced } = emitter;
  emitter.forced = false;
  emitter.unit = { input, loop: loops ? { variable: self, parameters } : null };
  const code = emitter.repeated(() =>
    emitter.apart(() => {
      emitter.line(`enter(${at(lambda)});`);
      if (loops) emitter.line("for (;;) {\nif (--meter.fuel < 0) look();");
      const values = parameters.map((js) => ({ js, kinds: ANY, input: false }));
      const value = body(emitter, lambda, parametersIn(emitter, lambda, values), context);
      emitter.line("meter.depth--;");
      emitter.line(`return ${value.js};`);
      if (loops) emitter.line("}");
    }),
  );
  emitter.unit = outer;
  emitter.forced = forced;
  return `(${[input, ...parameters].join(", ")}) => {\n${code}\n}`;
}

/** `function($a){ … }` as a value. */
export function lambda(emitter: Emitter, node: Node, context: Context): Value {
  const code = functionCode(emitter, node, context, undefined);
  const signature = node.signature === undefined ? "" : `, signature(${quoted(node.signature.definition)})`;
  return emitter.temp(`lambda(${code}, ${node.arguments?.length ?? 0}${signature})`, FUNCTION);
}

/** `$f := function(…){ … }`, bound once: where it is called by name, it is called as it is, or written there. */
export function namedLambda(
  emitter: Emitter,
  node: Node,
  bound: Variable,
  context: Context,
  seen: boolean,
): Value {
  const js = emitter.name("g");
  const arity = node.arguments?.length ?? 0;
  const { buffer } = emitter;
  const slot = buffer.length;
  emitter.line("");
  let code = "";
  let isNeeded = seen || bound.readEarly;
  const needed = (): void => {
    isNeeded = true;
    buffer[slot] = code;
  };
  const inPlace = isSmall(node, bound, emitter) ? writtenIn(emitter, node, context) : undefined;
  const known: KnownFunction = {
    js,
    arity,
    mayTail: mayTail(emitter, node),
    needed,
    ...(inPlace && { inPlace }),
  };
  bound.known = known;
  // Its body runs only when it is called, and then the name is bound.
  bound.definite = true;
  bound.value = { js: bound.js, kinds: FUNCTION, input: false };
  const body = functionCode(emitter, node, context, bound);
  code = `const ${js} = ${body};\n${bound.js} = lambda(${js}, ${arity});`;
  if (isNeeded) needed();
  return bound.value;
}

/** Most nodes of a function that is written where it is called. */
const SMALL = 80;

function isSmall(lambda: Node, bound: Variable, emitter: Emitter): boolean {
  if (mayTail(emitter, lambda) || endsWithCall(lambda) || makesFunctions(lambda)) return false;
  let size = 0;
  let isOwn = false;
  walk(lambda.body, (node) => {
    size++;
    isOwn ||= node.type === "variable" && emitter.scope.variables.get(String(node.value)) === bound;
    return size <= SMALL;
  });
  return size <= SMALL && !isOwn;
}

function writtenIn(emitter: Emitter, lambda: Node, context: Context): KnownFunction["inPlace"] {
  const { scope } = emitter;
  return (args, input, use) => {
    const { unit, forced, inPlace } = emitter;
    emitter.unit = { input, loop: null };
    emitter.forced = false;
    emitter.inPlace = true;
    const value = emitter.within(scope, () =>
      body(emitter, lambda, parametersIn(emitter, lambda, args), context, handedOn(emitter, use)),
    );
    Object.assign(emitter, { unit, forced, inPlace });
    return value;
  };
}
