import { startChild } from "./child.ts";
import { of } from "./rounds.ts";

/** One file read to its end, in a process of its own. */
export interface Read {
  readonly seconds: number;
  readonly records: number;
  /** The most memory that the process had, in MiB. */
  readonly peak: number;
}

/** @param script one of this folder that reads the file it is asked for */
export async function readAlone(
  script: string,
  question: { readonly kind: string; readonly path: string },
  expected: number,
): Promise<Read> {
  const child = await startChild(script);
  const read = await child.ask<Read>(question);
  await child.end();
  if (read.records !== expected) throw new Error(`${read.records} records of ${expected}`);
  return read;
}

type Results = ReadonlyMap<string, readonly Read[]>;

/** Records a second, round by round. */
export function rates(results: Results, name: string): readonly number[] {
  return of(results, name).map((read) => read.records / read.seconds);
}

export function peaks(results: Results, name: string): readonly number[] {
  return of(results, name).map((read) => read.peak);
}
