import { NotJson } from "../../border.ts";
import { RESULT_DEPTH } from "../../limits.ts";
import { checkCount, checkTexts, meter, Stop, spend } from "../../watch.ts";
import { put } from "./value.ts";

/**
 * A value as part of the result. What the mapping took over from its input is copied, so that the two share nothing;
 * what it built where it stands never comes here.
 * @param depth levels above it
 * @throws NotJson, Stop
 */
export function out(value: unknown, depth: number): unknown {
  if (typeof value === "string") {
    meter.texts += value.length;
    checkTexts(meter.texts);
    return value;
  }
  if (value === undefined || value === null || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value !== "object") throw new NotJson(typeof value === "number" ? NO_VALUE : "a function");
  return Array.isArray(value) ? copyArray(value, depth) : copyObject(value as Fields, depth);
}

type Fields = Readonly<Record<string, unknown>>;

const NO_VALUE = "a number without a value";

function copyArray(members: readonly unknown[], depth: number): unknown[] {
  if (depth > RESULT_DEPTH) throw new Stop("depth");
  count(members.length);
  const copy: unknown[] = [];
  for (let index = 0; index < members.length; index++) {
    const member = out(members[index], depth + 1);
    if (member === undefined) throw new NotJson("a missing value in an array");
    copy.push(member);
  }
  return copy;
}

function copyObject(fields: Fields, depth: number): Record<string, unknown> {
  if (depth > RESULT_DEPTH) throw new Stop("depth");
  const names = Object.keys(fields);
  count(names.length);
  const copy: Record<string, unknown> = {};
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    const member = out(fields[name], depth + 1);
    if (member !== undefined) put(copy, name, member);
  }
  return copy;
}

/** What may be a number, and is no object, as part of the result. */
export function outNumber(value: unknown): unknown {
  if (typeof value !== "number" || Number.isFinite(value)) return value;
  throw new NotJson(NO_VALUE);
}

/** Values of the result, as it grows; its texts were added up where they are. */
export function count(values: number): void {
  spend(1 + (values >> 1));
  meter.values += values;
  checkCount(meter.values);
  checkTexts(meter.texts);
}

/** An array built for the result. */
export function counted<T>(values: T): T {
  if (Array.isArray(values)) {
    count(values.length);
    for (let index = 0; index < values.length; index++)
      if (values[index] === undefined) throw new NotJson("a missing value in an array");
  }
  return values;
}

/** A result with more levels than it may have. */
export function tooDeep(): never {
  throw new Stop("depth");
}

/** Adds to an array of the result what the mapping took over: an array gives its members. */
export function extendOut(target: unknown[], value: unknown, depth: number): void {
  if (!Array.isArray(value)) {
    target.push(out(value, depth));
    return;
  }
  checkCount(target.length + value.length);
  for (let index = 0; index < value.length; index++) target.push(out(value[index], depth));
}

/** A list of the mapping's own whose members the mapping took over. */
export function outEach(list: unknown[], depth: number): void {
  for (let index = 0; index < list.length; index++) {
    const one = list[index];
    if (typeof one === "string") meter.texts += one.length;
    else list[index] = out(one, depth);
  }
}
