import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../../src/message/json.ts";

/** What parts an interchange; "" for what is not used. */
export interface Parts {
  readonly component: string;
  readonly element: string;
  readonly repetition: string;
  readonly release: string;
  readonly terminator: string;
}

/** A segment by elements, repetitions and components; the first element is its tag. */
export type Taken = readonly (readonly (readonly string[])[])[];

/**
 * Takes segments apart character by character: a second reader, which shares nothing with the one of the product, so that
 * one mistake of reader and writer cannot hide in both.
 */
export function takeApart(text: string, parts: Parts): readonly Taken[] {
  const segments: string[][][][] = [];
  let segment: string[][][] = [[[""]]];
  const end = <T>(list: T[]): T => list[list.length - 1] as T;
  for (let at = 0; at < text.length; at++) {
    let char = text[at] as string;
    const element = end(segment);
    const components = end(element);
    if (char === parts.release) {
      char = text[++at] as string;
      components[components.length - 1] += char;
    } else if (char === parts.terminator) {
      segments.push(segment);
      segment = [[[""]]];
      while (text[at + 1] === "\r" || text[at + 1] === "\n") at++;
    } else if (char === parts.element) segment.push([[""]]);
    else if (char === parts.repetition) element.push([""]);
    else if (char === parts.component) components.push("");
    else components[components.length - 1] += char;
  }
  if (segment.length > 1 || segment[0]?.[0]?.[0] !== "") throw new Error("the last segment is not ended");
  return segments;
}

export const tagOf = (segment: Taken | undefined): string => segment?.[0]?.[0]?.[0] ?? "";
/** @param element from 1 */
export const elementOf = (segment: Taken | undefined, element: number): string =>
  segment?.[element]?.[0]?.[0] ?? "";

/** Segments from each head to its tail, both included. */
export function between(
  segments: readonly Taken[],
  head: string,
  tail: string,
): readonly (readonly Taken[])[] {
  const found: Taken[][] = [];
  for (const segment of segments) {
    if (tagOf(segment) === head) found.push([]);
    const open = found.at(-1);
    if (open !== undefined && tagOf(open.at(-1)) !== tail) open.push(segment);
  }
  return found;
}

/** Files of real partners below a folder of the samples; none where there are no samples. */
export function sampleFiles(folder: string, pattern: RegExp): readonly { name: string; bytes: Buffer }[] {
  const dir = join(process.env["SAMPLES"] ?? "../shared/samples", folder);
  try {
    return readdirSync(dir)
      .filter((name) => pattern.test(name))
      .sort()
      .map((name) => ({ name, bytes: readFileSync(join(dir, name)) }));
  } catch {
    return [];
  }
}

/** Records in runs that share what `name` says. */
export function runsOf(records: readonly Json[], name: string): readonly (readonly Json[])[] {
  const runs: Json[][] = [];
  let last = "";
  for (const record of records) {
    const own = JSON.stringify((record as Record<string, Json>)[name]);
    if (own !== last || runs.length === 0) runs.push([]);
    last = own;
    runs.at(-1)?.push(record);
  }
  return runs;
}
