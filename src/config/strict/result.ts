import type { BuiltObject, Value } from "../../mapping/lineage/value.ts";
import type { SchemaShape } from "../../schema/shape.ts";
import { didYouMean } from "../did-you-mean.ts";
import { type Judged, type Judgement, placeOf } from "./judgement.ts";

/** More than any mapping that is written by hand. */
const VISIT_LIMIT = 5_000;
const DEPTH_LIMIT = 64;

/** What the result can never, or not always, be by the emits-schema. */
export function judgeResult(judged: Judged): readonly Judgement[] {
  const { output, trace } = judged;
  if (output === null) return [];
  const found: Judgement[] = [];
  const visiting = new Set<Value>();
  let visits = 0;
  const visit = (value: Value, shape: SchemaShape, path: string): void => {
    if (visiting.has(value) || visiting.size > DEPTH_LIMIT || ++visits > VISIT_LIMIT) return;
    visiting.add(value);
    const isList = isListOnly(shape);
    if (isList && value.collapse !== null && value.many !== "array") {
      found.push({
        severity: "warning",
        place: placeOf(value.collapse, trace),
        message: `${path} must be an array, and JSONata turns a list of one into its only item`,
        cure: "Wrap the expression in [ ].",
      });
    }
    const objects = isList ? shape.item() : shape;
    for (const object of value.objects) {
      found.push(
        ...judgeRequired(object, value, objects, path, judged),
        ...judgeUnknown(object, objects, path, judged),
      );
      for (const [name, { value: member }] of object.members) {
        const inner = objects.member(name).shape;
        if (inner !== null) visit(member, inner, `${path}/${name}`);
      }
    }
    if (shape.types.has("array")) for (const item of value.items) visit(item, shape.item(), `${path}/*`);
    visiting.delete(value);
  };
  visit(trace.result, output.shape, "");
  return found;
}

function isListOnly({ types }: SchemaShape): boolean {
  return types.has("array") && [...types].every((type) => type === "array" || type === "null");
}

function judgeRequired(
  object: BuiltObject,
  of: Value,
  shape: SchemaShape,
  path: string,
  { trace, output }: Judged,
): readonly Judgement[] {
  const isOnly = of.refs.length === 0;
  return shape.required.flatMap((name): readonly Judgement[] => {
    const member = object.members.get(name);
    const by = `${path}/${name} is required by ${output?.file ?? ""}`;
    if (member === undefined || member.value.presence.is === "never") {
      if (object.open !== null) return [];
      const isNever = isOnly && of.objects.every((one) => isUnset(one, name));
      const place = placeOf(member?.key ?? object.node, trace);
      const message = isNever ? `${by} and never set` : `${by}, and not set in this branch`;
      return [{ severity: isNever ? "error" : "warning", place, message, cure: `Set "${name}".` }];
    }
    const { presence } = member.value;
    if (presence.is !== "maybe") return [];
    return [
      {
        severity: "warning",
        place: placeOf(member.key, trace),
        message: `${by} and only sometimes set: ${presence.why}`,
        cure: "Give it a value for that case (`?? …`), or require the field in the accepts-schema.",
      },
    ];
  });
}

function isUnset(object: BuiltObject, name: string): boolean {
  const member = object.members.get(name);
  return object.open === null && (member === undefined || member.value.presence.is === "never");
}

function judgeUnknown(
  object: BuiltObject,
  shape: SchemaShape,
  path: string,
  { trace, output }: Judged,
): readonly Judgement[] {
  if (!shape.types.has("object")) return [];
  return [...object.members].flatMap(([name, { key, value }]): readonly Judgement[] => {
    if (shape.member(name).shape !== null || value.presence.is === "never") return [];
    const message = `${path}/${name} is not a member that ${output?.file ?? ""} knows`;
    return [{ severity: "error", place: placeOf(key, trace), message, cure: didYouMean(name, shape.names) }];
  });
}
