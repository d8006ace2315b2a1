import { BUILT_INS } from "../builtin.ts";
import { HELPER_NAMES } from "../helper.ts";
import { OPEN } from "./emit/built-in-facts.ts";
import { type Program, VALUE } from "./emit/emitter.ts";
import { createEmitter } from "./emit/expression.ts";
import { ANY, ENDLESS, FUNCTION } from "./emit/kind.ts";
import { childrenOf, type Node, walk } from "./emit/node.ts";
import { used } from "./emit/result.ts";
import { declare } from "./emit/variable.ts";
import { RUNTIME_NAMES } from "./runtime/index.ts";

/** Something in a mapping that is not compiled. */
export interface UnsupportedPart {
  readonly position: number;
  readonly construct: string;
}

/** A mapping as the text of a JavaScript function body, which is called with the runtime and gives the evaluation. */
export interface GeneratedCode {
  readonly code: string;
  readonly unsupported: readonly UnsupportedPart[];
}

/**
 * @param functions names of the host's functions
 * @param shadowed names of functions that are the caller's variables in this evaluation
 */
export function generate(
  root: Node,
  functions: readonly string[] = [],
  shadowed: readonly string[] = [],
): GeneratedCode {
  const deep = tooDeep(root);
  if (deep !== undefined) return { code: "", unsupported: [deep] };
  const program = analyse(root, functions, shadowed);
  const emitter = createEmitter(program);
  const body = emitter.apart(() => {
    emitter.line(`const root = ${program.transforms ? "copied(input)" : "input"};`);
    emitter.line("const context = Array.isArray(root) ? outer(root) : root;");
    const scope = declare(emitter, [root]);
    emitter.within(scope, () => {
      const context = emitter.context("context", ANY & ~(FUNCTION | ENDLESS), true);
      const use = { result: true, depth: 0 } as const;
      const value = used(emitter, emitter.evaluate(root, context, use), VALUE);
      emitter.line(`return ${value.js};`);
    });
  });
  const code = [
    '"use strict";',
    `const { ${RUNTIME_NAMES.join(", ")} } = runtime;`,
    ...emitter.constants,
    "return (input, bindings) => {",
    body,
    "};",
  ].join("\n");
  const unsupported = emitter.unsupported.map(({ node, construct }) => ({
    position: node.position ?? 0,
    construct,
  }));
  return { code, unsupported };
}

/** Levels of a mapping. The compiler calls itself for each, so more would need a stack that not every thread has. */
const MOST_LEVELS = 600;

function tooDeep(root: Node): UnsupportedPart | undefined {
  let level: readonly Node[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === MOST_LEVELS)
      return {
        position: level[0]?.position ?? 0,
        construct: `an expression of more than ${MOST_LEVELS} levels`,
      };
    level = level.flatMap(childrenOf);
  }
  return undefined;
}

/** Functions of the library and of the hub. */
export const FUNCTION_NAMES: readonly string[] = [...BUILT_INS, ...HELPER_NAMES];

/** Functions that can tell a sequence from another array, and steps that can. */
const TELLING = new Set(["distinct", "eval"]);

/**
 * Tells of the nodes of a mapping, from the outside in, which of them name a built-in with an open answer and are no call
 * that opens it: what a function ends with, and what is handed over as a value, answers whoever calls it as it is.
 */
function openBuiltIns(): (node: Node) => boolean {
  const tails = new Set<unknown>();
  const called = new Set<unknown>();
  return (node) => {
    if (node.type === "lambda" && node.thunk === true) tails.add(node.body);
    if (node.type === "function" && !tails.has(node)) called.add(node.procedure);
    return node.type === "variable" && OPEN.has(String(node.value)) && !called.has(node);
  };
}

function analyse(root: Node, functions: readonly string[], shadowed: readonly string[]): Program {
  const bound = new Set<string>();
  let unmarked = true;
  let cons = false;
  let transforms = false;
  let nested = false;
  const handsOut = openBuiltIns();
  let tellsApart = false;
  walk(root, (node) => {
    if (node.type === "bind") bound.add(String(node.lhs?.value));
    if (node.type === "lambda")
      for (const parameter of node.arguments ?? []) bound.add(String(parameter.value));
    for (const label of [node.focus, node.index, node.type === "index" ? String(node.value) : undefined])
      if (label !== undefined) bound.add(label);
    if (node.type === "wildcard" || (node.type === "variable" && TELLING.has(String(node.value))))
      unmarked = false;
    if (node.consarray === true || node.keepArray === true || node.keepSingletonArray === true) cons = true;
    if (node.type === "transform") transforms = true;
    if (node.tuple === true || node.signature !== undefined || handsOut(node)) nested = true;
    if (node.type === "binary" && node.value === "in") tellsApart = true;
    return true;
  });
  const all = [...FUNCTION_NAMES, ...functions].filter((name) => !shadowed.includes(name));
  return {
    unmarked,
    cons,
    transforms,
    nested,
    tellsApart,
    bound,
    hosts: new Set(functions),
    functions: new Set(all),
  };
}
