import { builtInCall } from "./built-in.ts";
import { type Emitter, VALUE } from "./emitter.ts";
import { ARRAY, type Context, can, ENDLESS, NOTHING, NUMBER, type Use, type Value } from "./kind.ts";
import { inLoops } from "./loops.ts";
import type { Node } from "./node.ts";
import { ARITHMETIC } from "./operator.ts";
import { listed } from "./sink.ts";
import { isOnce } from "./step.ts";
import { isSafe, stream } from "./stream.ts";
import { isFunctionName } from "./variable.ts";

const NUMBERS = NUMBER | ENDLESS | NOTHING;

/** How a built-in goes through a list, member by member. */
interface Fold {
  readonly kinds: number;
  readonly start?: string;
  /** Adds a number, where `count` are counted with it; without, members may be of any kind. */
  readonly next?: (total: string, member: string, count: string) => string;
  readonly end: (total: string, count: string) => string;
}

const FOLDS: Readonly<Record<string, Fold>> = {
  count: { kinds: NUMBER, end: (_total, count) => count },
  sum: {
    kinds: NUMBERS,
    start: "0",
    next: (total, member) => `${total} += ${member};`,
    end: (total, count) => `${count} === 0 ? undefined : ${total}`,
  },
  average: {
    kinds: NUMBERS,
    start: "0",
    next: (total, member) => `${total} += ${member};`,
    end: (total, count) => `${count} === 0 ? undefined : ${total} / ${count}`,
  },
  max: {
    kinds: NUMBERS,
    start: "undefined",
    next: (total, member, count) => `${total} = ${count} === 1 ? ${member} : Math.max(${total}, ${member});`,
    end: (total) => total,
  },
  min: {
    kinds: NUMBERS,
    start: "undefined",
    next: (total, member, count) => `${total} = ${count} === 1 ? ${member} : Math.min(${total}, ${member});`,
    end: (total) => total,
  },
};

/** `$sum(path)` and its kin without a list; undefined for what is not written so. */
export function aggregate(emitter: Emitter, name: string, node: Node, context: Context): Value | undefined {
  const fold = Object.hasOwn(FOLDS, name) ? FOLDS[name] : undefined;
  const argument = pathOf(emitter, name, node);
  if (fold === undefined || argument === undefined) return undefined;
  const isSure = endsInNumbers(argument);
  if (!isSure && !isPure(emitter, argument)) return undefined;
  const loops = inLoops(emitter, argument, context);
  if (loops === undefined) return undefined;
  const count = emitter.name("n");
  const total = emitter.name("y");
  const other = emitter.name("b");
  emitter.line(`let ${count} = 0;`);
  if (fold.next !== undefined) emitter.line(`let ${total} = ${fold.start};`);
  if (!isSure) emitter.line(`let ${other} = false;`);
  const add = (js: string): string => `{\n${count}++;\n${fold.next?.(total, js, count) ?? ""}\n}`;
  const isOther = (js: string): string =>
    fold.next === undefined ? `Array.isArray(${js})` : `typeof ${js} !== "number"`;
  stream(emitter, loops.steps, loops.reached, VALUE, ({ js, kinds }, form) => {
    if (isSure) {
      emitter.line(can(kinds, NOTHING) ? `if (${js} !== undefined) ${add(js)}` : add(js));
      return;
    }
    // One member is the usual case, so it stands alone.
    const isThere = form === "whole" ? "" : `if (${js} !== undefined) `;
    const one = fold.next === undefined ? `{ ${isThere}${add(js)} }` : add(js);
    emitter.line(`if (!(${isOther(js)})) ${one}`);
    if (form === "whole") {
      emitter.line(`else ${other} = true;`);
      return;
    }
    const index = emitter.name("i");
    const item = emitter.name("x");
    emitter.line(`else if (Array.isArray(${js})) {`);
    emitter.line(`for (let ${index} = 0; ${index} < ${js}.length; ${index}++) {`);
    emitter.line("if (--meter.fuel < 0) look();");
    emitter.line(`const ${item} = ${js}[${index}];`);
    emitter.line(`if (${isOther(item)}) ${other} = true;\nelse ${add(item)}`);
    emitter.line(`}\n} else if (${js} !== undefined) ${other} = true;`);
  });
  const end = fold.end(total, count);
  if (isSure) return emitter.temp(end, fold.kinds);
  const js = emitter.name("t");
  emitter.line(`let ${js};`);
  // Of a list without members the sum is another than of nothing.
  emitter.line(`if (${other}${fold.next === undefined ? "" : ` || ${count} === 0`}) {`);
  const slow = emitter.branch(() => {
    const value = builtInCall(emitter, name, [emitter.evaluate(argument, context, VALUE)], context.js, node);
    emitter.line(`${js} = ${value.js};`);
    return value;
  });
  emitter.line(`} else ${js} = ${end};`);
  return { js, kinds: fold.kinds | slow.kinds, input: false };
}

/** `[$distinct(path)]`; undefined for anything else. */
export function distinctList(emitter: Emitter, node: Node, context: Context, use: Use): Value | undefined {
  const { procedure, predicate, group } = node;
  if (procedure?.type !== "variable" || procedure.value !== "distinct" || procedure.predicate !== undefined)
    return undefined;
  if (predicate !== undefined || group !== undefined || !isFunctionName(emitter, "distinct"))
    return undefined;
  const argument = pathOf(emitter, "distinct", node);
  if (argument === undefined || !isPure(emitter, argument)) return undefined;
  const loops = inLoops(emitter, argument, context);
  if (loops === undefined) return undefined;
  const found = listed(emitter, loops, VALUE);
  const js = emitter.name("f");
  emitter.line(`let ${js} = ${emitter.marked(`distinct(${found.js})`)};`);
  // Whether the only one of several arrays is opened hangs on whether they are a sequence.
  emitter.line(`if (${js}.length === 1 && Array.isArray(${js}[0])) {`);
  emitter.branch(() => {
    const value = emitter.evaluate(node, context, VALUE);
    emitter.line(`${js} = [];`);
    emitter.line(`extend(${js}, ${value.js});`);
  });
  emitter.line("}");
  if (use.result) emitter.line(`outEach(${js}, ${use.depth + 1});`);
  return { js, kinds: ARRAY, input: false };
}

/** The only argument of a built-in, when it is a path. */
function pathOf(emitter: Emitter, name: string, node: Node): Node | undefined {
  const [argument, ...others] = node.arguments ?? [];
  const isPath = argument?.type === "path" && others.length === 0;
  return isPath && !emitter.program.hosts.has(name) ? argument : undefined;
}

/** A path of names that cannot fail, so that it can be gone through twice. */
function isPure(emitter: Emitter, path: Node): boolean {
  const [start, ...others] = path.steps as readonly [Node, ...Node[]];
  return [...(isOnce(start, true) ? [] : [start]), ...others].every((step) => isSafe(emitter, step));
}

/** `path.(a * b)` */
function endsInNumbers(path: Node): boolean {
  const last = path.steps?.at(-1);
  const [only, ...others] = last?.expressions ?? [];
  const isBlock = last?.type === "block" && last.stages === undefined && last.predicate === undefined;
  const isBare = only?.predicate === undefined && only?.group === undefined;
  const isArithmetic = only?.type === "binary" && ARITHMETIC.has(String(only.value));
  return isBlock && last.group === undefined && others.length === 0 && isBare && isArithmetic;
}
