import { type Emitter, quoted, VALUE } from "./emitter.ts";
import { literalIndex } from "./filter.ts";
import { ANY, ARRAY, type Context, OBJECT, type Use, type Value } from "./kind.ts";
import { at, type Node, walk } from "./node.ts";
import { listOfReached } from "./reached.ts";
import { used } from "./result.ts";
import { middleStep } from "./step.ts";
import { declare } from "./variable.ts";

/** A path with positions (`#`), focus (`@`) or parents (`%`): every member is carried with what was named on its way. */
export function tuplePath(emitter: Emitter, node: Node, context: Context, use: Use): Value {
  const labels = labelsOf(node);
  const steps = node.steps as readonly Node[];
  const first = steps[0] as Node;
  const list = emitter.name("l");
  const tuples = emitter.name("u");
  const start = first.type === "variable" ? `asSequence([${context.js}])` : `contextList(${context.js})`;
  emitter.line(`let ${list} = ${start};`);
  emitter.line(`let ${tuples};`);
  const empty = emitter.name("e");
  emitter.line(`let ${empty};`);
  const label = emitter.name("b");
  emitter.line(`${label}: {`);
  let inTuples = false;
  emitter.branch(() => {
    for (const [index, step] of steps.entries()) {
      inTuples ||= step.tuple === true;
      if (index === 0 && step.consarray === true) {
        const value = emitter.evaluate(step, emitter.context(list, ARRAY, false), VALUE);
        // What is named by `@` leaves the context as it was, and so loses the array.
        if (step.focus === undefined) emitter.line(`${list} = consList(${value.js});`);
        if (inTuples) continue;
        const isSorted = steps[1]?.type === "sort" && steps[1].tuple === true;
        const ends = isSorted ? `startsNot(${value.js})` : `${list}.length === 0`;
        emitter.line(`if (${ends}) { ${empty} = unstarted(${value.js}); break ${label}; }`);
        continue;
      }
      if (inTuples) tupleStep(emitter, step, list, tuples, labels);
      else plainStep(emitter, step, list, label);
    }
  });
  emitter.line("}");
  return finished(emitter, node, { list, tuples, empty }, labels, use);
}

/** Everything that tuples of the path may carry. */
function labelsOf(node: Node): ReadonlySet<string> {
  const labels = new Set<string>();
  walk(node, (inner) => {
    for (const name of [inner.focus, inner.index, inner.ancestor?.label, stageIndex(inner)])
      if (name !== undefined) labels.add(name);
    return true;
  });
  return labels;
}

function stageIndex(node: Node): string | undefined {
  return node.type === "index" ? String(node.value) : undefined;
}

/** A step before the first that names something. */
function plainStep(emitter: Emitter, step: Node, list: string, label: string): void {
  const reached = middleStep(emitter, step, { form: "list", js: list, input: false }, false);
  emitter.line(`${list} = ${listOfReached(emitter, reached)};`);
  emitter.line(`if (${list}.length === 0) break ${label};`);
}

type Labels = ReadonlySet<string>;

function tupleStep(emitter: Emitter, step: Node, list: string, tuples: string, labels: Labels): void {
  emitter.mark(step.position);
  if (step.type === "sort") {
    const terms = (step.terms ?? []).map(({ descending, expression }) => {
      const key = inTuple(emitter, expression, labels);
      return `{ descending: ${descending}, key: ${key} }`;
    });
    const name = step.index === undefined ? "undefined" : quoted(step.index);
    emitter.line(
      `${tuples} = orderedTuples(${tuples}, ${list}, [${terms.join(", ")}], ${name}, ${at(step)});`,
    );
  } else {
    const { stages: _stages, focus, index, ancestor, ...rest } = step;
    const plain = { ...rest, type: step.type, value: step.value, position: at(step) };
    const named = [
      // `@$` and `#$` name nothing.
      focus === undefined || focus === "" ? "" : `focus: ${quoted(focus)}`,
      index === undefined || index === "" ? "" : `index: ${quoted(index)}`,
      ancestor === undefined ? "" : `ancestor: ${quoted(ancestor.label)}`,
    ].filter((part) => part !== "");
    const run = inTuple(emitter, plain as Node, labels);
    emitter.line(`${tuples} = tupleStep(${tuples} ?? tuplesOf(${list}), ${run}, { ${named.join(", ")} });`);
  }
  for (const stage of step.stages ?? [])
    emitter.line(`${tuples} = ${stageOf(emitter, stage, tuples, labels)};`);
}

function stageOf(emitter: Emitter, stage: Node, tuples: string, labels: Labels): string {
  if (stage.type === "index") return `tupleIndex(${tuples}, ${quoted(String(stage.value))})`;
  const predicate = stage.expr as Node;
  const nth = literalIndex(predicate);
  if (nth !== undefined) return `tupleNth(${tuples}, ${nth})`;
  return `tupleFilter(${tuples}, ${inTuple(emitter, predicate, labels)})`;
}

/** A predicate behind something that may give tuples, or plain members. */
export function filterEither(emitter: Emitter, node: Node, value: Value, predicate: Node): string {
  return `tupleFilter(listOf(${value.js}), ${inTuple(emitter, predicate, labelsOf(node))})`;
}

/** An expression that sees what a tuple carries. */
function inTuple(emitter: Emitter, node: Node, labels: Labels, use: Use = VALUE): string {
  const tuple = emitter.name("w");
  const member = emitter.name("x");
  return emitter.arrow(`${member}, ${tuple}`, () => {
    const scope = declare(emitter, [node], { js: tuple, labels });
    return emitter.within(scope, () => emitter.evaluate(node, emitter.context(member, ANY, false), use));
  });
}

/** A path that others carry on keeps its tuples; any other keeps their members. */
function finished(
  emitter: Emitter,
  node: Node,
  { list, tuples, empty }: { readonly list: string; readonly tuples: string; readonly empty: string },
  labels: Labels,
  use: Use,
): Value {
  const values = node.tuple === true ? tuples : `tupleValues(${tuples})`;
  let result = emitter.temp(`${tuples} === undefined ? (${empty} ?? unreached(${list})) : ${values}`, ANY).js;
  if (node.keepSingletonArray === true) result = emitter.temp(`keepPath(${result})`).js;
  if (node.group === undefined)
    return used(emitter, emitter.temp(`norm(${node.keepArray === true ? `keep(${result})` : result})`), use);
  const pairs = node.group.lhs.map(([key, value]) => {
    return `{ key: ${inTuple(emitter, key, labels)}, value: ${inTuple(emitter, value, labels)} }`;
  });
  const position = node.group.position ?? 0;
  // Where the path ends before its first tuple, what it has come to is grouped.
  const grouped = `groupedTuples(${tuples} ?? groupable(${result}), [${pairs.join(", ")}], ${position})`;
  return used(emitter, emitter.temp(grouped, OBJECT), use);
}
