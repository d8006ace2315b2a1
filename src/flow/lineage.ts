import type { FlowDefinition } from "../config/flow-definition.ts";
import { readsTopic } from "../config/flow-definition.ts";
import { traceExpressions } from "../config/strict/check-strict.ts";
import type { FieldSource, TargetField } from "../mapping/lineage/target.ts";
import type { Place } from "../message/place.ts";
import { schemaFields } from "../schema/fields.ts";
import { schemaShape } from "../schema/schema-shape.ts";
import { fieldOrigins } from "./field-origins.ts";

/** One way from source fields to a field of a target, through one flow. */
export interface Crossing {
  readonly flow: string;
  /** The system, or the topic, that the flow reads. */
  readonly from: string;
  /** `system.sink` or `topic:<name>`. */
  readonly to: string;
  /** JSON pointer of the target field; `*` stands for an item. */
  readonly target: string;
  readonly set: TargetField["set"];
  /** Where it is set; the flow's own file where records cross as they are. */
  readonly place: Place;
  readonly sources: readonly FieldSource[];
}

/** A source field in an expression of `flow.yaml`: what it does there. */
export interface FieldUse {
  readonly flow: string;
  readonly use: string;
  readonly path: string;
  readonly file: string;
}

/** Every crossing of a flow, one for each field, place and route. */
export function crossingsOf(flow: FlowDefinition): readonly Crossing[] {
  const from = sourceName(flow);
  const { targets } = fieldOrigins(flow);
  return flow.routes.flatMap(({ to }) =>
    targets.map(({ path: target, set, place, sources }) => ({
      ...{ flow: flow.name, from, to, target, set, place, sources },
    })),
  );
}

export function sourceName({ source }: FlowDefinition): string {
  return readsTopic(source) ? source.topic : source.system;
}

/** The key, version, event and record of a flow with what each is computed from. */
export function usesOf(flow: FlowDefinition): readonly FieldUse[] {
  return traceExpressions(flow).flatMap(({ path: where, paths }) => {
    const [file = "", use = ""] = where.split("#");
    const names = new Set(paths.map(({ path }) => path));
    return [...names].map((path) => ({ flow: flow.name, use, path, file }));
  });
}

/** The fields that the flow's accepts-schema, or emits-schema, names. */
export function fieldsOf(flow: FlowDefinition, side: "accepts" | "emits"): readonly string[] {
  const schema = flow[side] ?? (flow.map === null ? flow.accepts : null);
  return schema === null ? [] : schemaFields(schemaShape(schema, (path) => flow.texts[path]));
}

/** The crossings that set a field, all below it, or all of something it is in; those are told as that field alone. */
export function feeding(crossings: readonly Crossing[], path: string): readonly Crossing[] {
  return crossings.flatMap((crossing) => {
    const rest = restOf(crossing.target, path);
    if (rest === undefined) return isWithin(crossing.target, path) ? [crossing] : [];
    const sources = crossing.sources.map((source) => ({ ...source, path: joined(source.path, rest) }));
    return [{ ...crossing, target: path, sources }];
  });
}

/** The crossings that a source field, or anything below it, goes into. */
export function reached(crossings: readonly Crossing[], path: string): readonly Crossing[] {
  return crossings.flatMap((crossing) => {
    const sources = crossing.sources.filter((source) => leadsTo(source.path, path));
    const [only] = sources;
    if (only === undefined) return [];
    const rest = sources.length === 1 && only.role === "value" ? restOf(only.path, path) : undefined;
    if (rest === undefined || !crossing.target.endsWith("/**")) return [{ ...crossing, sources }];
    return [{ ...crossing, target: joined(crossing.target, rest), sources: [{ ...only, path }] }];
  });
}

/** Whether one of the paths is the other or above it. */
export function leadsTo(left: string, right: string): boolean {
  return isWithin(left, right) || restOf(left, right) !== undefined;
}

/** `/a/**` and `/a/b/c` have `/b/c` left; undefined where the first does not take in all below it, or not this. */
function restOf(whole: string, path: string): string | undefined {
  if (!whole.endsWith("/**")) return undefined;
  const above = plainSteps(whole);
  const below = plainSteps(path);
  const isAbove = above.length < below.length && above.every((step, index) => step === below[index]);
  return isAbove
    ? below
        .slice(above.length)
        .map((step) => `/${step}`)
        .join("")
    : undefined;
}

function joined(whole: string, rest: string): string {
  return whole.endsWith("/**") ? `${whole.slice(0, -3)}${rest}` : whole;
}

function isWithin(path: string, above: string): boolean {
  const steps = plainSteps(path);
  return plainSteps(above).every((step, index) => step === steps[index]);
}

/** Items have no step: `phones.number` means those of every telephone. */
export function plainSteps(path: string): readonly string[] {
  return path
    .split("/")
    .slice(1)
    .filter((step) => step !== "*" && step !== "**");
}
