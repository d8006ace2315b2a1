import { HubError } from "../../../src/errors.ts";
import { compileMapping, type HostFunctions } from "../../../src/mapping/compile.ts";
import type { SourceShape } from "../../../src/mapping/lineage/source.ts";
import type { TargetField } from "../../../src/mapping/lineage/target.ts";
import { traceMapping } from "../../../src/mapping/lineage/trace.ts";
import { isObject, type Json, type JsonObject } from "../../../src/message/json.ts";

/**
 * What the analysis does not know of: each value of the input is changed in turn, and every spot of the result that
 * changes with it must be a target field that names it as a source. Answers with `source → target` for each that is not.
 */
export function unexplained(
  text: string,
  input: Json,
  shape: SourceShape | null = null,
  functions: HostFunctions = {},
): readonly string[] {
  const mapping = compileMapping(text, { path: "m.jsonata", limits: { deadline: 5_000 }, functions });
  const run = (value: Json): Json | undefined => {
    try {
      return mapping.evaluate(value, {
        message: { receivedAt: 0, headers: {}, file: null, row: null },
      });
    } catch (thrown) {
      if (thrown instanceof HubError) return undefined;
      throw thrown;
    }
  };
  const { targets } = traceMapping(text, { path: "m.jsonata", shape });
  const before = run(input);
  const missed: string[] = [];
  for (const leaf of leaves(input)) {
    for (const changed of variants(leaf.value)) {
      const after = run(replaced(input, leaf.steps, changed));
      if (after === undefined || before === undefined) continue;
      for (const spot of changes(before, after, [])) {
        if (!isExplained(spot, leaf.steps, targets)) missed.push(`${plain(leaf.steps)} → ${plain(spot)}`);
      }
    }
  }
  return [...new Set(missed)];
}

type Steps = readonly string[];

function plain(steps: Steps): string {
  return steps.map((step) => `/${step}`).join("");
}

function isExplained(spot: Steps, source: Steps, targets: readonly TargetField[]): boolean {
  const [at, from] = [spot, source].map((steps) => steps.filter((step) => !/^\d+$/.test(step)));
  return targets.some(
    ({ path, sources }) =>
      meets(stepsOf(path), at ?? []) && sources.some((one) => meets(stepsOf(one.path), from ?? [])),
  );
}

function stepsOf(path: string): Steps {
  return path
    .replace(/\/\*\*$/, "")
    .split("/")
    .slice(1);
}

/** One leads to the other; `*` stands for an item, which has no step here, or for any name. */
function meets([step, ...steps]: Steps, [name, ...names]: Steps): boolean {
  if (step === undefined || name === undefined) return true;
  if (step === "*") return meets(steps, [name, ...names]) || meets(steps, names);
  return step === name && meets(steps, names);
}

function leaves(value: Json, steps: Steps = []): readonly { readonly steps: Steps; readonly value: Json }[] {
  const own = steps.length === 0 ? [] : [{ steps, value }];
  if (Array.isArray(value))
    return [...own, ...value.flatMap((one, index) => leaves(one, [...steps, String(index)]))];
  if (isObject(value))
    return [...own, ...Object.entries(value).flatMap(([name, one]) => leaves(one, [...steps, name]))];
  return own;
}

/** Other values of its kind, null, and nothing. */
function variants(value: Json): readonly (Json | undefined)[] {
  if (typeof value === "string") return [`${value}x`, "", "X", null, undefined];
  if (typeof value === "number") return [value + 1, 0, undefined];
  if (typeof value === "boolean") return [!value, undefined];
  return value === null ? ["x", undefined] : [undefined];
}

function replaced(value: Json, [step, ...rest]: Steps, by: Json | undefined): Json {
  if (step === undefined) return by as Json;
  if (Array.isArray(value)) {
    const index = Number(step);
    if (rest.length === 0 && by === undefined) return value.filter((_, at) => at !== index);
    return value.map((one, at) => (at === index ? replaced(one, rest, by) : one));
  }
  const { [step]: own, ...others } = value as Record<string, Json>;
  if (rest.length === 0 && by === undefined) return others;
  return { ...(value as object), [step]: replaced(own as Json, rest, by) };
}

function changes(left: Json | undefined, right: Json | undefined, steps: Steps): readonly Steps[] {
  if (JSON.stringify(left) === JSON.stringify(right)) return [];
  const isPair = (one: Json | undefined): one is JsonObject | readonly Json[] =>
    typeof one === "object" && one !== null;
  if (!isPair(left) || !isPair(right) || Array.isArray(left) !== Array.isArray(right)) return [steps];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].flatMap((name) =>
    changes((left as Record<string, Json>)[name], (right as Record<string, Json>)[name], [...steps, name]),
  );
}
