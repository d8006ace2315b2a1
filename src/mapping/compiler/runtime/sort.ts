import { sortWith } from "../../sort.ts";
import { meter, spend } from "../../watch.ts";
import { areNumbers, areTexts } from "./list.ts";
import { isUnsorted } from "./mark.ts";
import { failure } from "./value.ts";

/** One term of `^(…)`. */
export interface Term {
  readonly descending: boolean;
  key(member: unknown): unknown;
}

/** `^(…)`. The comparisons are those the library makes, so that what cannot be compared fails alike. */
export function ordered(values: unknown[], terms: readonly Term[], position: number): unknown[] {
  if (values.length <= 1 || isUnsorted(values)) return values;
  meter.at = position;
  const [first] = terms as readonly [Term];
  const keys = values.map((value) => first.key(value));
  if (terms.length === 1) {
    const quick = orderedByKeys(values, keys, first.descending);
    if (quick !== undefined) return quick;
  }
  const further = terms.slice(1).map(() => new Map<number, unknown>());
  const keyAt = (term: number, at: number): unknown => {
    if (term === 0) return keys[at];
    const memo = further[term - 1] as Map<number, unknown>;
    if (!memo.has(at)) memo.set(at, (terms[term] as Term).key(values[at]));
    return memo.get(at);
  };
  const isAfter = (left: unknown, right: unknown): boolean => {
    spend(2);
    for (const [term, { descending }] of terms.entries()) {
      const order = compare(keyAt(term, left as number), keyAt(term, right as number), descending, position);
      if (order !== 0) return order === 1;
    }
    return false;
  };
  return sortWith([...values.keys()], isAfter).map((at) => values[at as number]);
}

/** Keys that are all numbers, or all texts. */
function orderedByKeys(
  values: readonly unknown[],
  keys: readonly unknown[],
  descending: boolean,
): unknown[] | undefined {
  const type = typeof keys[0];
  if (type !== "number" && type !== "string") return undefined;
  for (const key of keys) if (typeof key !== type || Number.isNaN(key)) return undefined;
  // A comparison of the engine's own cannot be stopped, so all of them are paid for before.
  spend(keys.length * Math.ceil(Math.log2(keys.length)));
  const sign = descending ? -1 : 1;
  const order = [...keys.keys()].sort((left, right) => {
    const [a, b] = [keys[left] as number, keys[right] as number];
    return a < b ? -sign : a > b ? sign : 0;
  });
  return order.map((at) => values[at]);
}

function compare(left: unknown, right: unknown, descending: boolean, position: number): number {
  if (left === undefined) return right === undefined ? 0 : 1;
  if (right === undefined) return -1;
  if (!isSortable(left) || !isSortable(right)) throw failure("T2008", { position });
  if (typeof left !== typeof right) throw failure("T2007", { position });
  if (left === right) return 0;
  const order = left < right ? -1 : 1;
  return descending ? -order : order;
}

function isSortable(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

/** Whether `$sort` can order the values without a function: numbers only, or texts only. */
export function areSortable(values: unknown): values is unknown[] {
  if (!Array.isArray(values)) return false;
  if (areTexts(values)) return true;
  return areNumbers(values) && values.every(Number.isFinite);
}

/** `$sort` of numbers or texts without a function. */
export function sorted(values: unknown[]): unknown[] {
  if (values.length <= 1) return values;
  spend(values.length * 4);
  return [...values].sort((left, right) =>
    (left as number) < (right as number) ? -1 : (left as number) > (right as number) ? 1 : 0,
  );
}
