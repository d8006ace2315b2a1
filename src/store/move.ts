import { randomUUID } from "node:crypto";
import { HubError } from "../errors.ts";

/** A value as every technology holds it. Numbers lie within 2^53. */
export type Cell = string | number | null | Uint8Array;

/** Some rows of one table, their values in the order of the columns. */
export interface TableRows {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What is numbered: the last number that was drawn of each. */
export type LastNumbers = Readonly<Record<"place" | "delivery" | "customer" | "record", number>>;

/** A store that is left for another. No hub has it open, and none can open it until `close`. */
export interface Departure {
  /** By table. */
  readonly counts: ReadonlyMap<string, number>;
  readonly numbers: LastNumbers;
  /** A move that was begun before and whose end this store did not see. */
  readonly begun: Move | null;
  /** All rows, table by table, in parts that fit into memory. */
  rows(): Iterable<TableRows>;
  /** From now on no hub opens this store. Committed when it returns. */
  leave(move: Move): void;
  /** Takes `leave` back. */
  stay(): void;
  close(): void;
}

export interface Move {
  readonly id: string;
  /** Where to, as people are told. */
  readonly to: string;
}

/** The store that takes over. Nothing of it is seen before `commit`. */
export interface Arrival {
  /** Whether the move has arrived here before. */
  has(move: Move): Promise<boolean>;
  /**
   * Begins to take what comes.
   * @throws HubError TL_CONFLICT when something is stored here already
   */
  open(): Promise<void>;
  take(rows: TableRows): Promise<void>;
  /** Rows by table, of those that have any. */
  counts(): Promise<ReadonlyMap<string, number>>;
  /** @throws HubError TL_STORE_FAILED; in doubt when the connection ended before the answer: then `has` tells later */
  commit(move: Move, numbers: LastNumbers): Promise<void>;
  close(): Promise<void>;
}

/** What was moved. */
export interface Moved {
  readonly rows: number;
  readonly tables: ReadonlyMap<string, number>;
  /** It had arrived before; only the store that was left did not know. */
  readonly before: boolean;
}

/**
 * Moves everything from one store to another, or nothing. The old store is closed for hubs before the new one is there
 * for them, so that no two hubs ever work on the same messages; when this ends in between, running it again goes on.
 *
 * @param to where to, as people are told
 * @param progress called after each part, with the rows moved so far of so many
 */
export async function move(
  from: Departure,
  arrival: Arrival,
  to: string,
  progress: (rows: number, of: number) => void,
): Promise<Moved> {
  const total = [...from.counts.values()].reduce((sum, count) => sum + count, 0);
  const { begun } = from;
  if (begun !== null) {
    if (begun.to !== to) throw elsewhere(begun);
    if (await arrival.has(begun)) return { rows: total, tables: from.counts, before: true };
  }
  await arrival.open();
  let rows = 0;
  for (const part of from.rows()) {
    await arrival.take(part);
    rows += part.rows.length;
    progress(rows, total);
  }
  compare(from.counts, await arrival.counts());
  const next = { id: randomUUID(), to };
  from.leave(next);
  try {
    await arrival.commit(next, from.numbers);
  } catch (error) {
    // In doubt it stays closed: the next run asks the new store whether it has arrived.
    const mayHaveArrived = await arrival.has(next).catch(() => true);
    if (!mayHaveArrived) from.stay();
    throw error;
  }
  return { rows, tables: from.counts, before: false };
}

function elsewhere(begun: Move): HubError {
  return new HubError("TL_CONFLICT", `a move of this store to ${begun.to} was begun before`, {
    cure: "Name that place again: the command then finishes it, or begins anew when nothing has arrived there.",
  });
}

function compare(left: ReadonlyMap<string, number>, arrived: ReadonlyMap<string, number>): void {
  for (const [table, count] of left) {
    const found = arrived.get(table) ?? 0;
    if (found !== count)
      throw new HubError("TL_INTERNAL", `of ${count} rows of ${table} ${found} arrived; nothing was moved`);
  }
}
