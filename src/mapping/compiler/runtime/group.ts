import { look, meter, spend } from "../../watch.ts";
import { append } from "./list.ts";
import { more } from "./path.ts";
import { failure, put } from "./value.ts";

/** Members by their key, in the order in which the keys came. */
export class Groups {
  readonly keys: string[] = [];
  readonly lists: unknown[][] = [];
  readonly known = new Map<unknown, unknown[]>();
  /** Lists that began with an array: they are one when they have one member. */
  readonly arrays = new Set<unknown[]>();
  /** A key may be an index. */
  indexes = false;
}

/** Adds a member whose key is new, or which is an array and gives its members. @throws T1003, D1013 */
export function gather(groups: Groups, key: unknown, member: unknown, position: number): void {
  const list = groups.known.get(key);
  if (list !== undefined) {
    more(list, member);
    return;
  }
  const name = checkedKey(key, position) as string;
  const first = Array.isArray(member) ? [...member] : [member];
  if (Array.isArray(member)) groups.arrays.add(first);
  groups.keys.push(name);
  groups.lists.push(first);
  groups.known.set(name, first);
  if (mayBeIndex(name)) groups.indexes = true;
}

/** The members of a group: one as it is, several as a list. */
export function membersIn({ lists, arrays }: Groups, index: number): unknown {
  const list = lists[index] as unknown[];
  return list.length === 1 && !arrays.has(list) ? list[0] : list;
}

/** A pair of an object constructor or of grouping: its key for a member, and its value for all members of a key. */
export interface Pair {
  key(member: unknown): unknown;
  value(context: unknown): unknown;
}

interface Group {
  data: unknown;
  readonly pair: number;
  /** The list is one that grouping made, so it may grow in place. */
  own: boolean;
}

/** `items{ key: value }`, and an object constructor whose keys only the evaluation knows. */
export function grouped(input: unknown, pairs: readonly Pair[], position: number): Record<string, unknown> {
  meter.at = position;
  const members = membersOf(input);
  const groups = new Map<string, Group>();
  if (pairs.length === 1) collectOne(groups, members, pairs[0] as Pair, position);
  else collect(groups, members, pairs, position);
  const result: Record<string, unknown> = {};
  for (const [key, { data, pair }] of ordered(groups)) {
    const value = (pairs[pair] as Pair).value(data);
    if (value !== undefined) put(result, key, value);
  }
  return result;
}

type Collected = Map<string, Group>;

function collectOne(groups: Collected, members: readonly unknown[], pair: Pair, position: number): void {
  for (let index = 0; index < members.length; index++) {
    if (--meter.fuel < 0) look();
    const member = members[index];
    const key = checkedKey(pair.key(member), position);
    if (key === undefined) continue;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { data: member, pair: 0, own: false });
    else grow(known, member);
  }
}

/** An empty list still gives an object, made of nothing. */
function membersOf(input: unknown): readonly unknown[] {
  if (!Array.isArray(input)) return [input];
  return input.length === 0 ? [undefined] : input;
}

function collect(
  groups: Collected,
  members: readonly unknown[],
  pairs: readonly Pair[],
  position: number,
): void {
  for (const member of members) {
    spend(2);
    for (let index = 0; index < pairs.length; index++) {
      const key = checkedKey((pairs[index] as Pair).key(member), position);
      if (key === undefined) continue;
      const known = groups.get(key);
      if (known === undefined) groups.set(key, { data: member, pair: index, own: false });
      else if (known.pair !== index) throw failure("D1009", { position, value: key });
      else grow(known, member);
    }
  }
}

function grow(group: Group, member: unknown): void {
  if (group.own && !Array.isArray(member)) {
    if (member !== undefined) (group.data as unknown[]).push(member);
    return;
  }
  if (
    member !== undefined &&
    !Array.isArray(member) &&
    group.data !== undefined &&
    !Array.isArray(group.data)
  ) {
    group.data = [group.data, member];
    group.own = true;
    return;
  }
  const next = append(group.data, member);
  group.own = Array.isArray(next) && next !== group.data && next !== member;
  group.data = next;
}

/** @throws T1003, D1013 */
export function checkedKey(key: unknown, position: number): string | undefined {
  if (key === undefined) return undefined;
  if (typeof key !== "string") throw failure("T1003", { position, value: key });
  if (key === "_jsonata_lambda" || key === "_jsonata_function")
    throw failure("D1013", { position, value: key });
  return key;
}

/** As an object has its members: names that are indexes come first. */
function ordered(groups: Collected): Iterable<[string, Group]> {
  for (const key of groups.keys()) {
    if (mayBeIndex(key))
      return Object.keys(Object.fromEntries(groups)).map((name) => [name, groups.get(name) as Group]);
  }
  return groups;
}

/** The same where they are. */
export function inOrder({ keys, lists, known, indexes }: Groups): void {
  if (!indexes) return;
  for (const [at, key] of Object.keys(Object.fromEntries(known)).entries()) {
    keys[at] = key;
    lists[at] = known.get(key) as unknown[];
  }
}

function mayBeIndex(key: string): boolean {
  const code = key.charCodeAt(0);
  return code >= 48 && code <= 57;
}

/** The context of the values of an object constructor with fixed keys, where its input is an array. */
export function allOf(input: readonly unknown[]): unknown {
  if (input.length > 1 && arePlain(input)) return input;
  const group: Group = { data: input[0], pair: 0, own: false };
  for (let index = 1; index < input.length; index++) grow(group, input[index]);
  return group.data;
}

function arePlain(members: readonly unknown[]): boolean {
  for (let index = 0; index < members.length; index++) {
    const member = members[index];
    if (member === undefined || Array.isArray(member)) return false;
  }
  return true;
}
