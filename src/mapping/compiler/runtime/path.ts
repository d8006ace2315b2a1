import { checkCount, spend } from "../../watch.ts";
import { asSequence, asUnsorted, isCons, isKept, isOuter, isSequence, norm, plainMade } from "./mark.ts";
import { own } from "./value.ts";

/** A member by name: of each of an array's members, put together, when the value is one. */
export function member(value: unknown, name: string): unknown {
  return norm(memberOpen(value, name));
}

/** The same before it becomes a value. */
export function memberOpen(value: unknown, name: string): unknown {
  const found = rawMember(value, name);
  return Array.isArray(value) ? asSequence(found as unknown[]) : found;
}

/** Members of an array within an array come unchecked, as the library finds them. */
function rawMember(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  if (!Array.isArray(value)) return own(value, name);
  const found: unknown[] = [];
  spend(value.length);
  for (const each of value) {
    const result = rawMember(each, name);
    if (result === undefined) continue;
    if (Array.isArray(result)) pushAll(found, result);
    else found.push(result);
  }
  return found;
}

export function pushAll(target: unknown[], members: readonly unknown[]): void {
  checkCount(target.length + members.length);
  spend(members.length >> 2);
  for (let index = 0; index < members.length; index++) target.push(members[index]);
}

/** What `[…]` as the first step gave, as the members of the next step. */
export function consList(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === "string") return asUnsorted(value.split(""));
  return typeof value === "object" && value !== null ? byLength(value) : [];
}

/** The library goes by `length` alone, also where that is a member of an object. */
function byLength(value: object): unknown[] {
  const length = Math.ceil(Number(own(value, "length")));
  if (!(length > 0)) return [];
  checkCount(length);
  return asUnsorted(Array.from({ length }, (_, index) => own(value, String(index))));
}

/** What a path comes to whose first step `[…]` gave nothing to go through: the library ends it there. */
export function unstarted(value: unknown): unknown {
  const length = value === undefined ? 0 : (value as { length?: unknown } | null)?.length;
  return length === 0 ? norm(value) : undefined;
}

/** Whether the library ends a path behind what `[…]` gave, as it does at nothing and at what has no length. */
export function startsNot(value: unknown): boolean {
  return value === undefined || (value as { length?: unknown } | null)?.length === 0;
}

/** The same where a path of tuples ends before its first. */
export function unreached(list: unknown[]): unknown[] {
  return isCons(list) || isSequence(list) ? list : asSequence([...list]);
}

/** Whether a value stands for its members in a path. */
export function isList(value: unknown): value is unknown[] {
  return Array.isArray(value) && !isCons(value);
}

/** What a step found for each of its members, as the members of the next step. The array given may be taken over. */
export function middle(found: unknown[]): unknown[] {
  for (let index = 0; index < found.length; index++) if (Array.isArray(found[index])) return flat(found);
  return found;
}

function flat(found: readonly unknown[]): unknown[] {
  const sequence: unknown[] = [];
  for (const one of found) {
    if (!Array.isArray(one) || isCons(one)) sequence.push(one);
    else pushAll(sequence, one);
  }
  return sequence;
}

/** What the last step found, as a value. */
export function last(found: unknown[]): unknown {
  if (found.length === 1) {
    const only = found[0];
    if (!Array.isArray(only)) return only;
    if (!isSequence(only)) return only;
  }
  return norm(asSequence(middle(found)));
}

/** The same where nothing in the mapping can tell a sequence from another array. */
export function lastUnmarked(found: unknown[]): unknown {
  if (found.length === 1) {
    const only = found[0];
    return isSequence(only) ? plainMade([...only]) : only;
  }
  return plainMade(middle(found));
}

/** What the last step found, as a value of the result: without marks. */
export function lastPlain(found: unknown[]): unknown {
  return found.length === 1 ? found[0] : plainMade(middle(found));
}

/** What a path found first and what it found then, as one list. The first may be an array of others. */
export function both(first: unknown, second: unknown): unknown[] {
  const list: unknown[] = [];
  more(list, first);
  return more(list, second);
}

/** Adds what a path found to a list that it made. */
export function more(list: unknown[], value: unknown): unknown[] {
  if (Array.isArray(value)) pushAll(list, value);
  else if (value !== undefined) list.push(value);
  return list;
}

/** The members of an array that is all there is in a list that `[…]` makes. */
export function opened(list: unknown[]): unknown[] {
  const [only] = list;
  if (Array.isArray(only)) return [...only];
  return only === undefined ? [] : list;
}

/** What the last step found before it becomes a value, for what still follows it. */
export function lastOpen(found: unknown[]): unknown[] {
  if (found.length === 1 && Array.isArray(found[0]) && !isSequence(found[0])) return found[0];
  return asSequence(middle(found));
}

/** The value of a path's last name: a sequence of the mapping's own is opened once more. */
export function lastName(value: unknown[]): unknown {
  return isSequence(value) ? norm(asSequence([...value])) : value;
}

/** `*` */
export function wildcard(context: unknown): unknown {
  let input = context;
  if (isOuter(input)) input = input[0];
  if (input === null || typeof input !== "object") return asSequence([]);
  let results: unknown[] = asSequence([]);
  spend(4);
  const add = (value: unknown): void => {
    if (!Array.isArray(value)) {
      results.push(value);
      return;
    }
    const flattened: unknown[] = [];
    flatten(value, flattened);
    checkCount(results.length + flattened.length);
    results = results.concat(flattened);
  };
  for (const name of Object.keys(input)) add((input as Record<string, unknown>)[name]);
  // The library's marks are members to it here, so its answer has them.
  if (isSequence(input)) {
    add(true);
    if (isKept(input)) add(true);
  }
  return results;
}

function flatten(value: unknown, into: unknown[]): void {
  spend(1);
  if (Array.isArray(value)) for (const one of value) flatten(one, into);
  else {
    checkCount(into.length);
    into.push(value);
  }
}

/** `**` */
export function descendants(context: unknown): unknown {
  if (context === undefined) return undefined;
  const found: unknown[] = [];
  descend(context, found);
  return found.length === 1 ? found[0] : asSequence(found);
}

function descend(value: unknown, into: unknown[]): void {
  spend(2);
  if (Array.isArray(value)) {
    for (const one of value) descend(one, into);
    return;
  }
  checkCount(into.length);
  into.push(value);
  if (value === null || typeof value !== "object") return;
  for (const name of Object.keys(value)) descend((value as Record<string, unknown>)[name], into);
}
