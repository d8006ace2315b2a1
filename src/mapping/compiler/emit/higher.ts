import { type Emitter, VALUE } from "./emitter.ts";
import {
  ANY,
  ARRAY,
  type Context,
  can,
  ENDLESS,
  FUNCTION,
  NOTHING,
  NUMBER,
  type Use,
  type Value,
} from "./kind.ts";
import { body, endsWithCall, mayTail, parametersIn } from "./lambda.ts";
import { at, type Node } from "./node.ts";
import { truthOf } from "./operator.ts";
import { isOpen } from "./result.ts";

/**
 * `$map`, `$filter`, `$reduce` and `$sort` with a function written in place: its body becomes that of a loop.
 * @param tail the function around it ends with this call, so its result stays open
 */
export function inlined(
  emitter: Emitter,
  name: string,
  node: Node,
  context: Context,
  use: Use,
  tail = false,
): Value | undefined {
  const [list, lambda, ...others] = node.arguments ?? [];
  if (emitter.program.hosts.has(name)) return undefined;
  if (list === undefined || lambda === undefined || !isPlainLambda(emitter, lambda)) return undefined;
  const arity = lambda.arguments?.length ?? 0;
  const open = tail || isOpen(use);
  // What a function ends with comes back as it is, with marks that the result must not have. What is opened again needs them.
  const isPart = use.result && use.again === undefined && !endsWithCall(lambda);
  const inside = isPart ? use : VALUE;
  if (name === "map" && others.length === 0) return map(emitter, list, lambda, context, inside, open);
  if (name === "filter" && others.length === 0) return filter(emitter, list, lambda, context, open);
  if (name === "reduce" && others.length <= 1 && arity >= 2)
    return reduce(emitter, list, lambda, others[0], context);
  if (name === "sort" && others.length === 0) return sort(emitter, list, lambda, context, node);
  return undefined;
}

function isPlainLambda(emitter: Emitter, node: Node): boolean {
  const isLambda = node.type === "lambda" && node.thunk !== true && node.signature === undefined;
  return isLambda && node.predicate === undefined && node.group === undefined && !mayTail(emitter, node);
}

/** The list of `$map` and its kin, and code that runs when there is one. */
function overList(
  emitter: Emitter,
  list: Node,
  context: Context,
  write: (items: string, input: boolean, result: string) => void,
): string {
  const value = emitter.evaluate(list, context, VALUE);
  const result = emitter.name("r");
  emitter.line(`let ${result};`);
  emitter.line(`if (${value.js} !== undefined) {`);
  emitter.repeated(() => {
    const items = value.kinds === ARRAY ? value.js : emitter.temp(`listOf(${value.js})`).js;
    write(items, value.input, result);
  });
  emitter.line("}");
  return result;
}

/** One round for each member; the function sees member, index and list as far as it takes them. */
function eachMember(
  emitter: Emitter,
  items: string,
  input: boolean,
  lambda: Node,
  context: Context,
  write: (value: Value, item: string) => void,
  { use = VALUE }: { use?: Use } = {},
): void {
  const index = emitter.name("i");
  const item = emitter.name("x");
  emitter.mark(at(lambda));
  emitter.line(`for (let ${index} = 0; ${index} < ${items}.length; ${index}++) {`);
  emitter.line("if ((meter.fuel -= 2) < 0) look();");
  emitter.line(`const ${item} = ${items}[${index}];`);
  emitter.repeated(() => {
    const kinds = input ? ANY & ~(FUNCTION | ENDLESS) : ANY;
    const values: Value[] = [
      { js: item, kinds, input },
      { js: index, kinds: NUMBER, input: false },
      { js: items, kinds: ARRAY, input },
    ];
    const outer = emitter.unit;
    emitter.unit = { input: "null", loop: null };
    const value = body(emitter, lambda, parametersIn(emitter, lambda, values), context, use);
    emitter.unit = outer;
    write(value, item);
  });
  emitter.line("}");
}

function finish(emitter: Emitter, found: string, result: string, tail: boolean, plain = false): void {
  const make = tail ? "asSequence" : emitter.program.unmarked || plain ? "plainMade" : "made";
  emitter.line(`${result} = ${make}(${found});`);
}

function map(emitter: Emitter, list: Node, lambda: Node, context: Context, use: Use, tail: boolean): Value {
  const js = overList(emitter, list, context, (items, input, result) => {
    const found = emitter.name("f");
    emitter.line(`const ${found} = [];`);
    eachMember(
      emitter,
      items,
      input,
      lambda,
      context,
      (value) => {
        const push = `${found}.push(${value.js});`;
        emitter.line(can(value.kinds, NOTHING) ? `if (${value.js} !== undefined) ${push}` : push);
      },
      { use },
    );
    if (use.result) emitter.line(`counted(${found});`);
    finish(emitter, found, result, tail, use.result);
  });
  return {
    js,
    kinds: ANY,
    input: false,
    ...(tail ? { open: true } : {}),
    ...(use.result ? { final: true } : {}),
  };
}

function filter(emitter: Emitter, list: Node, lambda: Node, context: Context, tail: boolean): Value {
  const js = overList(emitter, list, context, (items, input, result) => {
    const found = emitter.name("f");
    emitter.line(`const ${found} = [];`);
    eachMember(emitter, items, input, lambda, context, (value, item) => {
      emitter.line(`if (${truthOf(value)}) ${found}.push(${item});`);
    });
    finish(emitter, found, result, tail);
  });
  return { js, kinds: ANY, input: false, ...(tail ? { open: true } : {}) };
}

function reduce(
  emitter: Emitter,
  list: Node,
  lambda: Node,
  init: Node | undefined,
  context: Context,
): Value | undefined {
  const value = emitter.evaluate(list, context, VALUE);
  const start = init === undefined ? undefined : emitter.evaluate(init, context, VALUE);
  const js = emitter.name("r");
  emitter.line(`let ${js};`);
  if (start !== undefined && can(start.kinds, FUNCTION))
    emitter.line(`noFunction(${start.js}, ${at(list)});`);
  emitter.line(`if (${value.js} !== undefined) {`);
  emitter.repeated(() => {
    const items = emitter.temp(`listOf(${value.js})`).js;
    const from = emitter.name("n");
    emitter.line(`let ${from} = 0;`);
    emitter.line(`${js} = ${start?.js ?? "undefined"};`);
    emitter.line(`if (${js} === undefined && ${items}.length > 0) { ${js} = ${items}[0]; ${from} = 1; }`);
    const before: Value[] = [];
    const total = emitter.name("y");
    before.push({ js: total, kinds: ANY, input: false });
    eachReduced(emitter, items, value.input, lambda, context, { js, total, from }, before);
  });
  emitter.line("}");
  return { js, kinds: ANY, input: false, open: true };
}

function eachReduced(
  emitter: Emitter,
  items: string,
  input: boolean,
  lambda: Node,
  context: Context,
  names: { readonly js: string; readonly total: string; readonly from: string },
  before: readonly Value[],
): void {
  emitter.mark(at(lambda));
  emitter.line(`for (let d = ${names.from}; d < ${items}.length; d++) {`);
  emitter.line("if ((meter.fuel -= 2) < 0) look();");
  emitter.line(`const ${names.total} = ${names.js};`);
  const item = emitter.temp(`${items}[d]`, ANY, { input });
  const index = emitter.temp("d", NUMBER);
  const outer = emitter.unit;
  emitter.unit = { input: "null", loop: null };
  const values = [...before, item, index, { js: items, kinds: ARRAY, input: false }];
  const result = body(emitter, lambda, parametersIn(emitter, lambda, values), context);
  emitter.unit = outer;
  emitter.line(`${names.js} = ${result.js};`);
  emitter.line("}");
}

/** `$sort(list, function($l, $r){ … })` */
function sort(emitter: Emitter, list: Node, lambda: Node, context: Context, node: Node): Value {
  const js = overList(emitter, list, context, (items, input, result) => {
    const outer = emitter.unit;
    emitter.unit = { input: "null", loop: null };
    const [left, right] = [emitter.name("x"), emitter.name("x")];
    const kinds = input ? ANY & ~(FUNCTION | ENDLESS) : ANY;
    const compare = emitter.arrow(`${left}, ${right}`, () => {
      emitter.line("if ((meter.fuel -= 2) < 0) look();");
      const values = [left, right].map((name) => ({ js: name, kinds, input }));
      return body(emitter, lambda, parametersIn(emitter, lambda, values), context);
    });
    emitter.unit = outer;
    emitter.mark(at(node));
    emitter.line(`${result} = ${items}.length <= 1 ? ${items} : sortWith(${items}, ${compare});`);
  });
  return { js, kinds: ANY, input: false, open: true };
}
