import type { Place } from "../../message/place.ts";
import type { AstNode } from "../ast.ts";
import { nodePlace } from "./node-place.ts";
import { belowRef, type SourceRef } from "./source.ts";
import {
  type BuiltObject,
  deepSources,
  type Presence,
  type Role,
  refSources,
  type Sources,
  union,
  type Value,
} from "./value.ts";

/** A source path that a target field is computed from. */
export interface FieldSource {
  readonly path: string;
  /** Whether it stands in the field or only decides what does. */
  readonly role: Role;
}

/** A field that a mapping sets, at one of the places where it does. */
export interface TargetField {
  /** JSON pointer in which `*` stands for any item or any computed name; empty for the result as a whole. */
  readonly path: string;
  readonly place: Place;
  readonly set: "always" | "sometimes" | "unknown";
  readonly sources: readonly FieldSource[];
  /** Whether it is handed over as it is, with all that is below it. */
  readonly whole: boolean;
}

interface Source {
  readonly text: string;
  readonly path: string;
}

interface Within {
  readonly path: string;
  readonly node: AstNode | null;
  readonly presence: Presence["is"];
}

/** Results are trees, but values that several variables hold can make more of them than anybody reads. */
const VISIT_LIMIT = 5_000;
const DEPTH_LIMIT = 64;

/** Every field of a result that its mapping spells out or hands over. */
export function targetsOf(result: Value, source: Source): readonly TargetField[] {
  const found = new Map<string, TargetField>();
  const visiting = new Set<Value>();
  let visits = 0;
  let isCut = false;
  const visit = (value: Value, within: Within): void => {
    if (visiting.has(value)) return;
    if (++visits > VISIT_LIMIT || visiting.size > DEPTH_LIMIT) {
      isCut = true;
      return;
    }
    visiting.add(value);
    add(found, value, within, source);
    const choices = value.objects.length + (value.refs.length > 0 || value.items.length > 0 ? 1 : 0);
    const names = new Set(value.objects.flatMap((object) => [...object.members.keys()]));
    for (const name of names) {
      for (const object of value.objects) visitMember(object, name, value, choices, within, visit);
    }
    for (const { open, node } of value.objects) {
      if (open !== null) visit(open, { path: `${within.path}/*`, node, presence: "maybe" });
    }
    for (const item of value.items)
      visit(item, { ...within, path: `${within.path}/*`, presence: within.presence });
    visiting.delete(value);
  };
  const whole: Within = { path: "", node: null, presence: "always" };
  visit(result, whole);
  // What was not walked is told as one: anything in the result may come from anything it is made of.
  if (isCut) add(found, widened(result), whole, source);
  return [...found.values()];
}

function widened(value: Value): Value {
  const hidden = { steps: [], below: true, shape: null };
  return {
    ...value,
    from: deepSources(value),
    objects: [],
    items: [],
    refs: [...value.refs.map(belowRef), hidden],
  };
}

function visitMember(
  object: BuiltObject,
  name: string,
  of: Value,
  choices: number,
  within: Within,
  visit: (value: Value, within: Within) => void,
): void {
  const own = object.members.get(name);
  if (own === undefined) return;
  const isShared = of.objects.every((one) => one.members.get(name)?.value.presence.is === "always");
  const isSure = choices === 1 || (isShared && choices === of.objects.length);
  const here = isSure ? own.value.presence.is : own.value.presence.is === "unknown" ? "unknown" : "maybe";
  const presence = within.presence === "always" ? here : within.presence;
  visit(own.value, { path: `${within.path}/${escaped(name)}`, node: own.key, presence });
}

function add(
  found: Map<string, TargetField>,
  value: Value,
  { path, node, presence }: Within,
  source: Source,
): void {
  if (value.presence.is === "never") return;
  const sources = union(value.from, refSources(value.refs));
  const isStructure = value.refs.length === 0 && value.objects.length + value.items.length > 0;
  const isNamed = path !== "" && !path.endsWith("/*");
  if (!isNamed && isStructure && sources.size === 0) return;
  const place = node === null ? { file: source.path, line: 1, column: 1 } : nodePlace(node, source);
  const key = `${path} ${place.line}:${place.column}`;
  const before = found.get(key);
  const set = presence === "always" ? "always" : presence === "unknown" ? "unknown" : "sometimes";
  found.set(key, {
    path,
    place,
    set: before === undefined || before.set === set ? set : "sometimes",
    sources: fieldSources(sources, before?.sources ?? []),
    whole: before?.whole === true || value.refs.some(isWhole),
  });
}

function fieldSources(sources: Sources, before: readonly FieldSource[]): readonly FieldSource[] {
  const all = new Map(before.map((one) => [one.path, one]));
  for (const [path, { role }] of sources) {
    if (all.get(path)?.role !== "value") all.set(path, { path, role });
  }
  const rank = ({ role }: FieldSource): number => (role === "value" ? 0 : 1);
  return [...all.values()].sort((left, right) => rank(left) - rank(right));
}

/** A place that has, or may have, something below it. */
function isWhole(ref: SourceRef): boolean {
  return ref.below || ref.shape === null || ref.shape.types.has("object") || ref.shape.types.has("array");
}

function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}
