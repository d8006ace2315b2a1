import type { Json, JsonObject } from "../message/json.ts";
import type { Origin } from "../store/origin.ts";
import { fieldOf, hasSeveral, type Leaf, leavesOf, saysTwice } from "./leaf.ts";
import { compareOrigins, originOf, type Provenance } from "./provenance.ts";
import { same } from "./same.ts";

/** As much of a customer's source record as the golden record is made of. */
export interface GoldenSource extends Provenance {
  readonly system: string;
  readonly externalId: string;
  readonly deleted: boolean;
  readonly values: JsonObject;
}

/** Whose value it is and what brought it. */
export interface ValueOrigin extends Origin {
  readonly system: string;
  readonly externalId: string;
}

export interface Golden {
  readonly values: JsonObject;
  /** By leaf: `status`, `name.family`, `attributes.segment`, `emails:jo@example.com`. */
  readonly provenance: ReadonlyMap<Leaf, ValueOrigin>;
}

interface Winner {
  readonly leaf: Leaf;
  readonly value: Json;
  readonly source: GoldenSource;
  readonly origin: Origin;
  readonly position: number;
}

/** Fields in the order they are shown. `links` is no field of the golden record: they became its external ids. */
const FIELDS = [
  "type",
  "name",
  "status",
  "language",
  "taxId",
  "emails",
  "phones",
  "addresses",
  "attributes",
  "notes",
];

/**
 * The unified customer: a function of its live source records alone, in whatever order they are given.
 * First storey of survivorship: the value accepted last wins, field by field, part by part for `name` and
 * `attributes`; e-mails, phones and addresses are united by normal form, newest first. Ties go to the higher
 * (system, external id).
 */
export function golden(sources: readonly GoldenSource[]): Golden {
  const winners = new Map<Leaf, Winner>();
  for (const source of sources) {
    if (source.deleted) continue;
    let position = 0;
    for (const [leaf, value] of leavesOf(source.values)) {
      position += 1;
      if (leaf === "links") continue;
      const candidate = { leaf, value, source, origin: originOf(source, leaf), position };
      const rival = winners.get(leaf);
      if (rival === undefined || compareWinners(candidate, rival) < 0) winners.set(leaf, candidate);
    }
  }
  const sorted = [...winners.values()].sort(compareWinners);
  const provenance = new Map<Leaf, ValueOrigin>();
  for (const { leaf, source, origin } of sorted) {
    provenance.set(leaf, { system: source.system, externalId: source.externalId, ...origin });
  }
  return { values: assemble(sorted), provenance };
}

/** The values alone. A single source that says nothing twice is its own golden record; no work for a first load. */
export function goldenValues(sources: readonly GoldenSource[]): JsonObject {
  const [only] = sources;
  if (sources.length !== 1 || only === undefined || only.deleted) return golden(sources).values;
  const { values, changed } = only;
  if (values["links"] !== undefined) return golden(sources).values;
  // What changed later goes to the head of its list.
  const asIs = changed === null ? !saysTwice(values) : !hasSeveral(values);
  return asIs ? values : golden(sources).values;
}

/** Names of the fields that differ, in the order of `FIELDS`; attributes by name. */
export function changedFields(before: JsonObject, after: JsonObject): string[] {
  const old = before === EMPTY ? NOTHING : parts(before);
  const now = parts(after);
  const changed = [...now].filter(([field, value]) => !same(old.get(field), value)).map(([field]) => field);
  for (const field of old.keys()) {
    if (!now.has(field)) changed.push(field);
  }
  return changed;
}

export const EMPTY: JsonObject = {};
const NOTHING: ReadonlyMap<string, Json> = new Map();

/** Fields with `name` and `attributes` taken apart; lists stay whole, their order counts. */
function parts(values: JsonObject): Map<string, Json> {
  const flat = new Map<string, Json>();
  for (const field in values) {
    const value = values[field] as Json;
    if (field === "name" || field === "attributes") {
      for (const [part, held] of Object.entries(value as JsonObject)) flat.set(`${field}.${part}`, held);
    } else {
      flat.set(field, value);
    }
  }
  return flat;
}

/** Newest first; within one origin the higher (system, external id), then the order of the record. */
function compareWinners(a: Winner, b: Winner): number {
  return (
    compareOrigins(b.origin, a.origin) ||
    compareTexts(b.source.system, a.source.system) ||
    compareTexts(b.source.externalId, a.source.externalId) ||
    a.position - b.position
  );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function assemble(winners: readonly Winner[]): JsonObject {
  const values: [string, Json][] = [];
  for (const field of FIELDS) {
    const own = winners.filter(
      ({ leaf }) => leaf === field || leaf.startsWith(`${field}.`) || leaf.startsWith(`${field}:`),
    );
    const [first] = own;
    if (first === undefined) continue;
    if (first.leaf === field) values.push([field, first.value]);
    else if (first.leaf[field.length] === ":") values.push([field, own.map(({ value }) => value)]);
    else
      values.push([
        field,
        Object.fromEntries(own.map(({ leaf, value }) => [leaf.slice(field.length + 1), value])),
      ]);
  }
  return Object.fromEntries(values);
}

/** Provenance by field as published and shown, lists by entry in the order of the golden record. */
export function provenanceByField(
  provenance: Golden["provenance"],
): Record<string, ValueOrigin | ValueOrigin[]> {
  const byField: [string, ValueOrigin | ValueOrigin[]][] = [];
  const lists = new Map<string, ValueOrigin[]>();
  for (const [leaf, origin] of provenance) {
    const field = fieldOf(leaf);
    if (field === leaf) {
      byField.push([field, origin]);
      continue;
    }
    let list = lists.get(field);
    if (list === undefined) {
      list = [];
      lists.set(field, list);
      byField.push([field, list]);
    }
    list.push(origin);
  }
  return Object.fromEntries(byField);
}
