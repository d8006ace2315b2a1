import { compileFunction } from "node:vm";
import type { Json } from "../message/json.ts";

/**
 * The members of an object in the order they were added. Objects of the same layout are made by one function generated
 * for it, which costs a fraction of adding member by member, and all look alike to the code that reads them.
 */
export interface ObjectLayout {
  /** The member added last; "" when there is none. */
  readonly member: string;
  /** The layout without it. */
  readonly before: ObjectLayout | undefined;
  /** How many members. */
  readonly size: number;
  readonly known: Map<string, ObjectLayout>;
  /** What was added to it the last time. */
  recent: ObjectLayout | undefined;
  uses: number;
  make: Make | undefined;
}

/** The object whose values stand in `values` from `from` on. */
type Make = (values: readonly Json[], from: number) => Record<string, Json>;

/** The layouts of one reader. */
export interface ObjectLayouts {
  readonly empty: ObjectLayout;
  /** @param member as of `internedName`; not `__proto__` */
  add(layout: ObjectLayout, member: string): ObjectLayout;
  make: (layout: ObjectLayout, values: readonly Json[], from: number) => Record<string, Json>;
}

/** Layouts remembered at most; then all are forgotten. */
const MOST_LAYOUTS = 10_000;
/** Functions generated at most; other objects are made member by member. */
const MOST_FUNCTIONS = 200;
/** From this use on a function pays. */
const WORTH = 20;
/** V8 keeps objects with more members in another way in any case. */
const MOST_MEMBERS = 200;

/** The same name as V8 keeps the names of members: one string, compared by its address. */
export function internedName(name: string): string {
  return Object.keys({ [name]: 0 })[0] ?? name;
}

export function createObjectLayouts(): ObjectLayouts {
  let layouts = 0;
  let functions = 0;

  const empty = layoutOf(undefined, "");

  function added(layout: ObjectLayout, member: string): ObjectLayout {
    const found = layout.known.get(member) ?? learned(layout, member);
    layout.recent = found;
    return found;
  }

  function learned(layout: ObjectLayout, member: string): ObjectLayout {
    layouts++;
    if (layouts > MOST_LAYOUTS) forget();
    const found = layoutOf(layout, member);
    layout.known.set(member, found);
    return found;
  }

  /** What is worth it will be learned again. */
  function forget(): void {
    layouts = functions = 0;
    empty.known.clear();
    empty.recent = undefined;
  }

  return {
    empty,
    add(layout, member) {
      const { recent } = layout;
      return recent !== undefined && recent.member === member ? recent : added(layout, member);
    },
    make(layout, values, from) {
      if (layout.make !== undefined) return layout.make(values, from);
      layout.uses++;
      if (layout.uses < WORTH || layout.size > MOST_MEMBERS || functions >= MOST_FUNCTIONS) {
        return oneByOne(layout, values, from);
      }
      functions++;
      layout.make = generate(namesOf(layout));
      return layout.make(values, from);
    },
  };
}

function layoutOf(before: ObjectLayout | undefined, member: string): ObjectLayout {
  const size = before === undefined ? 0 : before.size + 1;
  return { member, before, size, known: new Map(), recent: undefined, uses: 0, make: undefined };
}

function namesOf(layout: ObjectLayout): string[] {
  const names: string[] = [];
  for (let at = layout; at.before !== undefined; at = at.before) names.push(at.member);
  return names.reverse();
}

function oneByOne(layout: ObjectLayout, values: readonly Json[], from: number): Record<string, Json> {
  const object: Record<string, Json> = {};
  for (const [index, name] of namesOf(layout).entries()) object[name] = values[from + index] as Json;
  return object;
}

/** Names reach the source as string literals only. */
function generate(names: readonly string[]): Make {
  const members = names.map((name, index) => `${JSON.stringify(name)}: values[from + ${index}]`);
  return compileFunction(`return { ${members.join(", ")} };`, ["values", "from"]) as Make;
}
