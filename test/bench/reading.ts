import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import type { BenchOptions, Figure } from "./bench.ts";
import { startChild } from "./child.ts";
import { alternate, of } from "./rounds.ts";
import { figure } from "./statistics.ts";
import { temporaryFolder } from "./temporary.ts";

/** How much larger the large file is. */
export const TIMES = 20;

export interface RecordFile {
  readonly path: string;
  readonly records: number;
}

/** Two files that differ in nothing but their length. */
export interface RecordFiles {
  readonly small: RecordFile;
  readonly large: RecordFile;
  remove(): Promise<void>;
}

/** @param text that of a file of so many records, in pieces */
export async function writeFiles(
  ending: string,
  records: number,
  text: (records: number) => Iterable<string>,
): Promise<RecordFiles> {
  const folder = await temporaryFolder(ending);
  const write = async (name: string, count: number): Promise<RecordFile> => {
    const path = join(folder.path, `${name}.${ending}`);
    const out = createWriteStream(path);
    for (const piece of text(count)) if (!out.write(piece)) await once(out, "drain");
    out.end();
    await once(out, "finish");
    return { path, records: count };
  };
  return {
    small: await write("small", records),
    large: await write("large", records * TIMES),
    remove: folder.remove,
  };
}

/** One file read to its end, in a process of its own. */
export interface Read {
  readonly seconds: number;
  readonly records: number;
  /** The most memory that the process had, in MiB. */
  readonly peak: number;
}

export interface Reader {
  readonly name: string;
  /** Which of its readers the script is to take. */
  readonly kind: string;
  readonly file: RecordFile;
}

type Reads = ReadonlyMap<string, readonly Read[]>;

/**
 * Every reader in turn, each time in a process of its own and without a warm-up, so that peaks of memory can be told.
 * @param script one of this folder that reads the file it is asked for
 */
export async function readInTurn(
  script: string,
  readers: readonly Reader[],
  { rounds, note }: BenchOptions,
): Promise<Reads> {
  const sides = readers.map((reader) => ({ name: labelOf(reader), run: () => readAlone(script, reader) }));
  return alternate(sides, rounds, note, { warmUp: false });
}

async function readAlone(script: string, { kind, file }: Reader): Promise<Read> {
  const child = await startChild(script);
  const read = await child.ask<Read>({ kind, path: file.path });
  await child.end();
  if (read.records !== file.records) throw new Error(`${read.records} records of ${file.records}`);
  return read;
}

function labelOf({ name, file }: Reader): string {
  return `${name}, ${file.records} records`;
}

/** Records a second, round by round. */
export function rates(reads: Reads, reader: Reader): readonly number[] {
  return of(reads, labelOf(reader)).map(({ records, seconds }) => records / seconds);
}

export function peaks(reads: Reads, reader: Reader): readonly number[] {
  return of(reads, labelOf(reader)).map(({ peak }) => peak);
}

export function rateRow(reads: Reads, reader: Reader): Figure {
  return figure(labelOf(reader), "records/s", rates(reads, reader));
}

export function peakRow(reads: Reads, reader: Reader): Figure {
  return figure(`${labelOf(reader)}, peak memory`, "MiB", peaks(reads, reader));
}
