import { meter, spend } from "../../watch.ts";
import { nthList, picks } from "./filter.ts";
import { checkedKey, grouped } from "./group.ts";
import { append } from "./list.ts";
import { asSequence, asTuples, isTuples, type List } from "./mark.ts";
import { ordered } from "./sort.ts";
import { failure, put } from "./value.ts";

/** One way through a path: `@` is the member reached, the rest is what `@`, `#` and `%` name on the way. */
export type Tuple = Record<string, unknown>;

export interface StepLabels {
  /** `@$name` */
  readonly focus?: string;
  /** `#$name` */
  readonly index?: string;
  /** What a later `%` reads. */
  readonly ancestor?: string;
}

type InTuple = (context: unknown, tuple: Tuple) => unknown;

/** The members a path has reached, each as a tuple. */
export function tuplesOf(input: readonly unknown[]): Tuple[] {
  return input.map((member) => ({ "@": member }));
}

/** One step for each tuple. */
export function tupleStep(tuples: readonly Tuple[], step: InTuple, labels: StepLabels): List {
  const found: Tuple[] = [];
  for (const tuple of tuples) {
    const result = step(tuple["@"], tuple);
    if (result === undefined) continue;
    const members = Array.isArray(result) ? result : [result];
    const inner = isTuples(members);
    for (let index = 0; index < members.length; index++) {
      spend(16);
      const next: Tuple = Object.assign(Object.create(null), tuple);
      if (inner) Object.assign(next, members[index]);
      else label(next, tuple, members[index], index, labels);
      found.push(next);
    }
  }
  return asTuples(found);
}

function label(next: Tuple, from: Tuple, member: unknown, index: number, labels: StepLabels): void {
  if (labels.focus === undefined) next["@"] = member;
  else {
    next[labels.focus] = member;
    next["@"] = from["@"];
  }
  if (labels.index !== undefined) next[labels.index] = index;
  if (labels.ancestor !== undefined) next[labels.ancestor] = from["@"];
}

/** A predicate over tuples. Behind `^(…)` they are no tuples to the library, so the context is the whole of each. */
export function tupleFilter(tuples: readonly Tuple[], predicate: InTuple): List {
  const found: Tuple[] = [];
  const isStream = isTuples(tuples);
  for (const [index, tuple] of tuples.entries()) {
    spend(8);
    const result = isStream ? predicate(tuple["@"], tuple) : predicate(tuple, {});
    const times = picks(result, index, tuples.length);
    for (let time = 0; time < times; time++) found.push(tuple);
  }
  return isStream ? asTuples(found) : asSequence(found);
}

export function tupleNth(tuples: readonly Tuple[], index: number): List {
  const found = nthList(tuples, index) as Tuple[];
  return isTuples(tuples) ? asTuples(found) : found;
}

/** `#$name` behind a predicate. */
export function tupleIndex(tuples: Tuple[], name: string): Tuple[] {
  for (const [index, tuple] of tuples.entries()) tuple[name] = index;
  return tuples;
}

/** What a path of tuples comes to. */
export function tupleValues(tuples: readonly Tuple[]): List {
  return asSequence(tuples.map((tuple) => tuple["@"]));
}

/** What a path has come to as the list that is grouped. */
export function groupable(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : asSequence([value]);
}

export interface TuplePair {
  readonly key: InTuple;
  readonly value: InTuple;
}

/** Grouping of tuples: what the tuples of a group have under one name is put together. */
export function groupedTuples(
  tuples: readonly unknown[],
  pairs: readonly TuplePair[],
  position: number,
): Record<string, unknown> {
  meter.at = position;
  if (!isTuples(tuples)) {
    const plain = pairs.map(({ key, value }) => ({
      key: (member: unknown) => key(member, {}),
      value: (context: unknown) => value(context, {}),
    }));
    return grouped(tuples, plain, position);
  }
  const groups: Record<string, { readonly pair: number; readonly tuples: Tuple[] }> = Object.create(null);
  for (const tuple of tuples as readonly Tuple[]) {
    for (const [pair, { key: keyOf }] of pairs.entries()) {
      spend(4);
      const key = checkedKey(keyOf(tuple["@"], tuple), position);
      if (key === undefined) continue;
      const known = groups[key];
      if (known === undefined) groups[key] = { pair, tuples: [tuple] };
      else if (known.pair !== pair) throw failure("D1009", { position, value: key });
      else known.tuples.push(tuple);
    }
  }
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(groups)) {
    const group = groups[key] as { pair: number; tuples: Tuple[] };
    const tuple = reduced(group.tuples);
    const context = tuple["@"];
    // As the library has it: a tuple that is alone in a group loses its member for the pairs that follow.
    delete tuple["@"];
    const value = (pairs[group.pair] as TuplePair).value(context, tuple);
    if (value !== undefined) put(result, key, value);
  }
  return result;
}

function reduced(tuples: readonly Tuple[]): Tuple {
  const [first, ...others] = tuples as readonly [Tuple, ...Tuple[]];
  if (others.length === 0) return first;
  const all: Tuple = Object.assign(Object.create(null), first);
  for (const tuple of others) {
    spend(4);
    for (const name of Object.keys(tuple)) all[name] = append(all[name], tuple[name]);
  }
  return all;
}

/** The context of a path as the list its first step goes through. */
export function contextList(context: unknown): unknown[] {
  return Array.isArray(context) ? context : asSequence([context]);
}

export interface TupleTerm {
  readonly descending: boolean;
  readonly key: InTuple;
}

/** `^(…)` over tuples, or the first tuples of what is sorted. */
export function orderedTuples(
  tuples: Tuple[] | undefined,
  list: unknown[],
  terms: readonly TupleTerm[],
  index: string | undefined,
  position: number,
): Tuple[] {
  if (tuples !== undefined && isTuples(tuples)) {
    const inTuples = terms.map(({ descending, key }) => ({
      descending,
      key: (tuple: unknown) => key((tuple as Tuple)["@"], tuple as Tuple),
    }));
    return ordered(tuples, inTuples, position) as Tuple[];
  }
  const plain = terms.map(({ descending, key }) => ({
    descending,
    key: (member: unknown) => key(member, {}),
  }));
  // Behind an earlier `^(…)` they are no tuples to the library, so the context is the whole of each.
  if (tuples !== undefined) return ordered(tuples, plain, position) as Tuple[];
  const sorted = ordered(list, plain, position);
  return asTuples(
    sorted.map((member, at) => ({ "@": member, [index ?? "undefined"]: at })),
  ) as unknown as Tuple[];
}
