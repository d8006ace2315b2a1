import { spend } from "../../watch.ts";
import type { Native } from "./native.ts";
import { asValue, signatureOf } from "./native.ts";
import { textOf } from "./text.ts";
import { type Callable, failure, put } from "./value.ts";

type OfMember = (member: unknown) => unknown;

/** `|pattern|update, deletion|`: a copy in which what the pattern finds is updated. */
export function transformer(
  pattern: OfMember,
  update: OfMember,
  deletion: OfMember | undefined,
  positions: readonly [number, number, number],
): Callable {
  const native: Native = {
    name: "transform",
    signature: signatureOf("<(oa):o>"),
    implementation: (value) => {
      if (value === undefined) return undefined;
      const copy: unknown = JSON.parse(textOf(value));
      const found = pattern(copy);
      const members = Array.isArray(found) ? found : found === undefined ? [] : [found];
      for (const member of members) {
        spend(4);
        updated(member, update(member), positions[1]);
        if (deletion !== undefined) without(member, deletion(member), positions[2]);
      }
      return copy;
    },
  };
  return asValue(native);
}

function updated(member: unknown, update: unknown, position: number): void {
  if (update === undefined) return;
  if (typeof update !== "object" || update === null || Array.isArray(update))
    throw failure("T2011", { position, value: update });
  for (const name of Object.keys(update)) {
    if (typeof member !== "object" || member === null) throw failure("T2011", { position });
    put(member as Record<string, unknown>, name, (update as Record<string, unknown>)[name]);
  }
}

function without(member: unknown, deletion: unknown, position: number): void {
  if (deletion === undefined) return;
  const names: unknown[] = Array.isArray(deletion) ? deletion : [deletion];
  for (const name of names)
    if (typeof name !== "string") throw failure("T2012", { position, value: deletion });
  for (const name of names)
    if (typeof member === "object" && member !== null)
      delete (member as Record<string, unknown>)[name as string];
}
