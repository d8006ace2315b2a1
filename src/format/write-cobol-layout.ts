import type { CobolItem } from "./copybook.ts";

/** What records are asked of a group: worked out once, since each record has as many fields as the copybook. */
export interface GroupLayout {
  /** What a record may say in it: its items, and those of unnamed groups in it. */
  readonly names: ReadonlySet<string>;
  /** Its items in the order of their bytes; those that read the same bytes stand together. */
  readonly places: readonly (readonly CobolItem[])[];
  /** Numbers by which lists within it say how often they occur. */
  readonly counters: ReadonlySet<string>;
}

/** By group. */
export type CobolLayout = ReadonlyMap<CobolItem, GroupLayout>;

export function layoutOf(root: CobolItem): CobolLayout {
  return new Map(groupsIn(root).map((group) => [group, groupLayout(group)]));
}

function groupsIn(item: CobolItem): readonly CobolItem[] {
  return item.picture === undefined ? [item, ...item.items.flatMap(groupsIn)] : [];
}

function groupLayout(group: CobolItem): GroupLayout {
  return {
    names: new Set(namesIn(group)),
    places: placesIn(group),
    counters: new Set(countersIn(group)),
  };
}

function namesIn(group: CobolItem): readonly string[] {
  return group.items.flatMap((item) => {
    if (item.name !== "") return [item.name];
    return item.picture === undefined && item.occurs === undefined ? namesIn(item) : [];
  });
}

function countersIn(group: CobolItem): readonly string[] {
  return group.items.flatMap((item) => {
    const within = countersIn(item);
    return item.occurs?.dependingOn === undefined ? within : [item.occurs.dependingOn, ...within];
  });
}

function placesIn(group: CobolItem): readonly (readonly CobolItem[])[] {
  const places: (readonly CobolItem[])[] = [];
  const placed = new Set<CobolItem>();
  for (const item of group.items) {
    if (placed.has(item)) continue;
    const all = sameBytes(group, item);
    for (const one of all) placed.add(one);
    places.push(all);
  }
  return places;
}

/** The item, and all that redefine it or each other. */
function sameBytes(group: CobolItem, item: CobolItem): readonly CobolItem[] {
  const all = [item];
  const names = new Set([item.name]);
  for (const other of group.items) {
    if (other.redefines === undefined || !names.has(other.redefines)) continue;
    all.push(other);
    if (other.name !== "") names.add(other.name);
  }
  return all;
}
