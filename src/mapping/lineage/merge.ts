import type { AstNode } from "../ast.ts";
import { belowRef } from "./source.ts";
import type { Tracer } from "./tracer.ts";
import {
  type BuiltObject,
  deepSources,
  either,
  itemOf,
  type Member,
  nothing,
  UNKNOWN,
  union,
  type Value,
  value,
} from "./value.ts";

/** `$merge([…])`: later objects win. */
export function merged(tracer: Tracer, list: Value): Value {
  const parts = list.items.length > 0 ? list.items : [itemOf(list)];
  const id = tracer.unique();
  const members = new Map<string, Member>();
  let open: Value | null = null;
  let node: AstNode | null = null;
  for (const part of parts) {
    const isOpaque = part.refs.length > 0 || part.objects.length !== 1;
    if (isOpaque) {
      const widened = value(tracer.unique(), {
        refs: part.refs.map(belowRef),
        from: deepSources(part),
        presence: UNKNOWN,
        many: "unknown",
      });
      open = open === null ? widened : either(id, open, widened);
    }
    for (const object of part.objects) {
      node ??= object.node;
      addMembers(members, object, !isOpaque && part.presence.is === "always");
      open = object.open ?? open;
    }
  }
  const object: BuiltObject | null = node === null ? null : { node, members, open };
  const from = union(...parts.map((part) => part.from));
  if (object !== null) return value(id, { objects: [object], from, presence: list.presence });
  return open ?? value(id, { from: deepSources(list), presence: list.presence, many: "unknown" });
}

function addMembers(members: Map<string, Member>, object: BuiltObject, certain: boolean): void {
  for (const [name, own] of object.members) {
    const before = members.get(name);
    const isSure = certain && own.value.presence.is === "always";
    const fallback = before?.value ?? nothing();
    const joined = isSure ? own.value : either(`${own.value.id}|${fallback.id}`, own.value, fallback);
    members.set(name, { key: own.key, value: joined });
  }
}
