import { type MappingContract, traceFlow } from "../config/strict/check-strict.ts";
import { type Branch, probeBranches } from "../mapping/branch-probe.ts";
import type { Answers } from "../mapping/look-up.ts";
import { isObject, type Json } from "../message/json.ts";
import { schemaFields } from "../schema/fields.ts";
import { schemaShape } from "../schema/schema-shape.ts";
import { readPaths, widened } from "./field-origins.ts";
import { openFlowDesk } from "./flow-desk.ts";

/** A field of a schema, or one that the mapping knows without it. */
export interface CoveredField {
  /** `*` is an item, `**` anything at or below. */
  readonly path: string;
  /** Whether the flow reads it, or the mapping sets it. */
  readonly used: boolean;
  /** Whether a case has it: in its record, or in its result. */
  readonly seen: boolean;
}

/** What the cases of a flow try of its mapping. */
export interface Coverage {
  readonly source: readonly CoveredField[];
  readonly target: readonly CoveredField[];
  readonly branches: readonly Branch[];
  /** From 0 to 1: of the fields read, the fields set and the sides of the branches, those that a case has. */
  readonly share: number;
}

/** Takes the cases of a flow as they are run. */
export interface CoverageRecorder {
  /**
   * A record that reached the mapping, and the result where there was one.
   * @param answers what its look-ups got
   */
  add(
    record: Json,
    result: Json | undefined,
    bindings: Readonly<Record<string, Json>>,
    answers: Answers,
  ): void;
  report(): Coverage;
}

/** Null: the flow has no mapping, so there is nothing to cover. */
export function recordCoverage(flow: MappingContract): CoverageRecorder | null {
  const trace = traceFlow(flow);
  if (trace === null) return null;
  const desk = openFlowDesk([trace], flow.texts);
  const probe = probeBranches(trace.text, trace.path, desk.functions);
  const records = new Set<string>();
  const results = new Set<string>();
  const fields = (schema: string | null): readonly string[] =>
    schema === null ? [] : schemaFields(schemaShape(schema, (path) => flow.texts[path]));
  const read = readPaths(flow, trace);
  const set = widened(trace.targets).map(({ path }) => path);
  return {
    add(record, result, bindings, answers) {
      collect(record, "", records);
      if (result !== undefined) collect(result, "", results);
      // A mapping that fails has gone its way until then; the case itself tells of the failure.
      try {
        desk.serve(answers, () => probe.run(record, bindings));
      } catch {
        return;
      }
    },
    report() {
      const source = covered(fields(flow.accepts), read, records);
      const target = covered(fields(flow.emits), set, results);
      return { source, target, branches: probe.branches, share: shareOf(source, target, probe.branches) };
    },
  };
}

function covered(
  known: readonly string[],
  used: readonly string[],
  seen: ReadonlySet<string>,
): readonly CoveredField[] {
  // What the schema does not name is told by the mapping alone; what is only on the way to a named field is not.
  const further = [...new Set(used.map(withoutBelow))].filter(
    (path) => path !== "" && !known.some((field) => isWithin(field, path)),
  );
  const leaves = further.filter((path) => !further.some((other) => other !== path && isWithin(other, path)));
  const named = known.filter((field) => !leaves.some((leaf) => isWithin(leaf, field)));
  return [...named, ...leaves].map((path) => ({
    path,
    used: used.some((one) => uses(one, path)),
    seen: seen.has(plain(path)),
  }));
}

/** Whether a path that is used takes a field with it: it is the field, or all of something that holds it. */
function uses(used: string, field: string): boolean {
  const whole = withoutBelow(used);
  return isWithin(field, whole) && (used.endsWith("/**") || plain(field) === plain(whole));
}

function withoutBelow(path: string): string {
  return path.endsWith("/**") ? path.slice(0, -3) : path;
}

function isWithin(path: string, above: string): boolean {
  return `${plain(path)}/`.startsWith(`${plain(above)}/`);
}

/** Items have no step of their own here: whether there is one is for the schema to say, and cases may differ from it. */
function plain(path: string): string {
  return path.replace(/\/\*(?=\/|$)/g, "");
}

function collect(value: Json, path: string, into: Set<string>): void {
  into.add(path);
  if (Array.isArray(value)) for (const one of value) collect(one, path, into);
  else if (isObject(value)) {
    for (const [name, one] of Object.entries(value))
      collect(one, `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`, into);
  }
}

function shareOf(
  source: readonly CoveredField[],
  target: readonly CoveredField[],
  branches: readonly Branch[],
): number {
  const used = [...source, ...target].filter((field) => field.used);
  const all = used.length + 2 * branches.length;
  const sides = branches.reduce((sum, { yes, no }) => sum + (yes > 0 ? 1 : 0) + (no > 0 ? 1 : 0), 0);
  return all === 0 ? 1 : (used.filter((field) => field.seen).length + sides) / all;
}
