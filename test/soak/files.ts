import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { COLUMNS, shopCsv } from "../bench/customer.ts";
import type { BenchHub } from "../bench/hub.ts";
import type { BenchProject } from "../bench/project.ts";

const ROWS = 2_000;
/** Each file brings so many customers that the one before did not have. */
const NEW = 200;
/** One row in so many has changed since the file before, and one in so many breaks its contract. */
const CHANGED = 5;
const BAD = 500;

/** What must have become of the rows of all files. */
export interface Rows {
  readonly files: number;
  readonly rows: number;
  readonly rejected: number;
}

/** Drops files of customers, each like the one before, but a little different. */
export interface Files {
  drop(): Promise<void>;
  rows(): Rows;
  /** Whether the hub is done with the last one. */
  done(hub: BenchHub): Promise<boolean>;
}

interface FileState {
  readonly name: string;
  readonly state: string;
}

export function openFiles(project: BenchProject): Files {
  let files = 0;
  return {
    async drop() {
      files += 1;
      const name = nameOf(files);
      const aside = join(project.dir, name);
      await writeFile(aside, fileText(files));
      await rename(aside, join(project.inbox, name));
    },
    rows: () => ({ files, rows: files * ROWS, rejected: (files * ROWS) / BAD }),
    async done(hub) {
      const { items } = await hub.get<{ readonly items: readonly FileState[] }>("/files?limit=1");
      return items[0]?.name === nameOf(files) && items[0].state !== "running";
    },
  };
}

function nameOf(file: number): string {
  return `${String(file).padStart(5, "0")}.csv`;
}

function fileText(file: number): string {
  let text = `${COLUMNS.join(";")}\n`;
  for (let row = 0; row < ROWS; row++) {
    const customer = file * NEW + row;
    // A bad row has lost all but its number.
    if (row % BAD === BAD - 1) text += `K${customer}${";".repeat(COLUMNS.length - 1)}\n`;
    else text += shopCsv(customer, row % CHANGED === 0 ? file : 0);
  }
  return text;
}
