import { aggregate } from "./aggregate.ts";
import { builtInCall } from "./built-in.ts";
import { type Emitter, OPEN, quoted, VALUE } from "./emitter.ts";
import { inlined } from "./higher.ts";
import { ANY, type Context, can, FUNCTION, type Use, type Value } from "./kind.ts";
import { at, type Node } from "./node.ts";
import { handed } from "./result.ts";
import { isFunctionName, read, variableOf } from "./variable.ts";

/** `f(a, b)`; `first` is what `~>` puts before the arguments. */
export function call(emitter: Emitter, node: Node, context: Context, use: Use, first?: Value): Value {
  const name = calledName(node);
  if (name !== undefined && isFunctionName(emitter, name)) {
    const quick =
      first === undefined
        ? (inlined(emitter, name, node, context, use) ?? aggregate(emitter, name, node, context))
        : undefined;
    if (quick !== undefined) return quick;
    const args = [...(first === undefined ? [] : [first]), ...argumentsOf(emitter, node, context)];
    return builtInCall(emitter, name, args, context.js, node);
  }
  const known = name === undefined ? undefined : variableOf(emitter, name)?.known;
  if (known !== undefined) {
    const args = [...(first === undefined ? [] : [first]), ...argumentsOf(emitter, node, context)];
    if (known.inPlace !== undefined && !emitter.inPlace) {
      const value = known.inPlace(args, context.js, use.result ? use : OPEN);
      return use.result ? { ...value, final: true } : handed(emitter, value);
    }
    known.needed();
    const direct = `${known.js}(${[context.js, ...args.map(({ js }) => js)].join(", ")})`;
    return emitter.temp(known.mayTail ? `settle(${direct}, ${context.js})` : direct, ANY, { open: true });
  }
  const target = targetOf(emitter, node, context);
  const args = [...(first === undefined ? [] : [first]), ...argumentsOf(emitter, node, context)];
  const token = tokenOf(node);
  return emitter.temp(
    `callAny(${target.js}, ${context.js}, [${args.map(({ js }) => js).join(", ")}], ${at(node)}, ${token})`,
    ANY,
    { open: true },
  );
}

function calledName(node: Node): string | undefined {
  const { procedure } = node;
  const isPlain =
    procedure?.type === "variable" && procedure.predicate === undefined && procedure.group === undefined;
  return isPlain && procedure.value !== "" ? String(procedure.value) : undefined;
}

/** What is called, where it is not known by name. */
function targetOf(emitter: Emitter, node: Node, context: Context): Value {
  const procedure = node.procedure as Node;
  const target = emitter.evaluate(procedure, context, VALUE);
  const name = procedure.type === "path" ? procedure.steps?.[0]?.value : undefined;
  if (name === undefined) return target;
  // The library helps those who forgot the dollar sign.
  const meant = read(emitter, String(name));
  emitter.line(
    `if (${target.js} === undefined) forgotten(${meant.js}, ${at(node)}, ${quoted(String(name))}, ${quoted(node.type)});`,
  );
  return target;
}

/** What an error names as the function. */
function tokenOf(node: Node): string {
  const { procedure } = node;
  const name = procedure?.type === "path" ? procedure.steps?.[0]?.value : procedure?.value;
  return typeof name === "string" ? quoted(name) : "undefined";
}

/** The arguments; a function among them no longer sees the context of its caller. */
function argumentsOf(emitter: Emitter, node: Node, context: Context): Value[] {
  return (node.arguments ?? []).map((argument) => {
    const value = emitter.evaluate(argument, context, VALUE);
    if (argument.type === "regex") return value;
    return can(value.kinds, FUNCTION)
      ? emitter.temp(`bare(${value.js})`, value.kinds, { input: value.input })
      : value;
  });
}

/** A call that a function ends with. */
export function tailCall(emitter: Emitter, thunk: Node, context: Context): Value {
  const node = thunk.body as Node;
  const name = calledName(node);
  const { input, loop } = emitter.unit;
  if (emitter.forced) return tail(emitter, node, context, "ending");
  if (name !== undefined && isFunctionName(emitter, name)) {
    const quick = inlined(emitter, name, node, context, VALUE, true);
    if (quick !== undefined) return quick;
    const args = plainArguments(emitter, node, context);
    return builtInCall(emitter, name, args, input, node, true);
  }
  const variable = name === undefined ? undefined : variableOf(emitter, name);
  if (loop !== null && variable !== undefined && variable === loop.variable) {
    const args = plainArguments(emitter, node, context);
    const next = loop.parameters.map((_, index) => emitter.temp(args[index]?.js ?? "undefined").js);
    for (const [index, parameter] of loop.parameters.entries())
      emitter.line(`${parameter} = ${next[index]};`);
    emitter.line("if ((meter.fuel -= 4) < 0) look();");
    emitter.line("continue;");
    return { js: "undefined", kinds: ANY, input: false };
  }
  return tail(emitter, node, context, "new Tail");
}

function tail(emitter: Emitter, node: Node, context: Context, maker: string): Value {
  const target = emitter.evaluate(node.procedure as Node, context, VALUE);
  const args = plainArguments(emitter, node, context).map(({ js }) => js);
  return emitter.temp(`${maker}(${target.js}, [${args.join(", ")}], ${at(node)}, ${tokenOf(node)})`);
}

function plainArguments(emitter: Emitter, node: Node, context: Context): Value[] {
  return (node.arguments ?? []).map((argument) => emitter.evaluate(argument, context, VALUE));
}

/** `f(?, 1)` */
export function partial(emitter: Emitter, node: Node, context: Context): Value {
  const args = (node.arguments ?? []).map((argument) =>
    argument.type === "operator" && argument.value === "?"
      ? "HOLE"
      : emitter.evaluate(argument, context, VALUE).js,
  );
  const target = targetOf(emitter, node, context);
  return emitter.temp(`partial(${target.js}, [${args.join(", ")}], ${at(node)}, ${tokenOf(node)})`, FUNCTION);
}

/** `a ~> f` */
export function apply(emitter: Emitter, node: Node, context: Context, use: Use): Value {
  const left = emitter.evaluate(node.lhs as Node, context, VALUE);
  const right = node.rhs as Node;
  if (right.type === "function") return call(emitter, right, context, use, left);
  const target = emitter.evaluate(right, context, VALUE);
  return emitter.temp(`applied(${left.js}, ${target.js}, ${at(node)})`, ANY, { open: true });
}
