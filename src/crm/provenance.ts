import type { JsonObject } from "../message/json.ts";
import type { Origin } from "../store/origin.ts";
import { type Leaf, leavesOf } from "./leaf.ts";
import { same } from "./same.ts";

/**
 * Where the values of one source record came from: all from `origin`, but for the leaves that `changed` names.
 * A record that came once, or whole each time, has no `changed` and costs nothing; an edit of one field adds one
 * entry and leaves the provenance of the others alone.
 */
export interface Provenance {
  readonly origin: Origin;
  readonly changed: readonly Exception[] | null;
}

/** Leaves that came later than the rest. */
export interface Exception {
  readonly origin: Origin;
  readonly leaves: readonly Leaf[];
}

/** Origin of one leaf. */
export function originOf(provenance: Provenance, leaf: Leaf): Origin {
  return provenance.changed?.find(({ leaves }) => leaves.includes(leaf))?.origin ?? provenance.origin;
}

/**
 * Provenance after the values went from `before` to `after` by a record from `origin`; undefined when they are equal.
 */
export function trace(
  earlier: Provenance,
  before: JsonObject,
  after: JsonObject,
  origin: Origin,
): Provenance | undefined {
  if (same(before, after)) return undefined;
  const old = leavesOf(before);
  const now = leavesOf(after);
  const written = [...now.keys()].filter((leaf) => !old.has(leaf) || !same(old.get(leaf), now.get(leaf)));
  if (written.length === now.size) return { origin, changed: null };
  const replaced = new Set(written);
  const kept = (earlier.changed ?? [])
    .map((entry) => ({
      ...entry,
      leaves: entry.leaves.filter((leaf) => now.has(leaf) && !replaced.has(leaf)),
    }))
    .filter(({ leaves }) => leaves.length > 0);
  const changed = written.length === 0 ? kept : [...kept, { origin, leaves: written }];
  return { origin: earlier.origin, changed: changed.length === 0 ? null : changed };
}

type Packed = readonly [
  readonly [number | null, number | null, number | null, number, number],
  readonly Leaf[],
];

/** Exceptions as text for a column: `[[[message,file,row,flowVersion,at],["status"]]]`. */
export function packChanged(changed: readonly Exception[] | null): string | null {
  if (changed === null) return null;
  const packed: Packed[] = changed.map(({ origin, leaves }) => [
    [origin.message, origin.file, origin.row, origin.flowVersion, origin.at],
    leaves,
  ]);
  return JSON.stringify(packed);
}

export function unpackChanged(text: string | null): readonly Exception[] | null {
  if (text === null) return null;
  return (JSON.parse(text) as Packed[]).map(([[message, file, row, flowVersion, at], leaves]) => ({
    origin: { message, file, row, flowVersion, at },
    leaves,
  }));
}

/** Order of acceptance: negative when `a` came before `b`. */
export function compareOrigins(a: Origin, b: Origin): number {
  return (
    a.at - b.at ||
    (a.message ?? 0) - (b.message ?? 0) ||
    (a.file ?? 0) - (b.file ?? 0) ||
    (a.row ?? 0) - (b.row ?? 0)
  );
}
