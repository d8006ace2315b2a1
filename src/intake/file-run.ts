import { join } from "node:path";
import { asHubError, HubError, toFailure } from "../errors.ts";
import { failpoint } from "../flow/failpoint.ts";
import type { Fence } from "../flow/fence.ts";
import type { LiveFlow } from "../flow/live-flow.ts";
import { runSettle } from "../flow/run-settle.ts";
import { settleAlike } from "../flow/settle-alike.ts";
import type { Settled, SettleEnvironment } from "../flow/settlement.ts";
import type { Shadow } from "../flow/shadow.ts";
import type { Books, FileRow } from "../store/file-table.ts";
import { DUTY, leasesOf } from "../store/lane-table.ts";
import type { Store, Tx } from "../store/store.ts";
import { guardTrips, tallyRows } from "./file-books.ts";
import { ReaderGone, readAhead } from "./read-ahead.ts";
import type { ReaderDoor } from "./reader.ts";
import { placed } from "./row-item.ts";
import type { RowBatch, RowSource } from "./row-source.ts";
import { rowsHere } from "./rows-here.ts";
import { isWithin } from "./window.ts";

export interface FileRunEnvironment {
  readonly store: Store;
  readonly data: string;
  readonly settle: () => SettleEnvironment;
  readonly settled: (flow: LiveFlow, settled: Settled) => void;
  readonly now: () => number;
  readonly clock: () => number;
  /** Whether a person asked for the file now, so that its window does not hold it back. */
  readonly urgent: (file: number) => boolean;
  readonly problem: (flow: LiveFlow, error: HubError) => void;
  readonly fence: Fence;
  readonly shadow: Shadow;
  readonly openReader: ReaderDoor;
}

/** The reading of one file: each step commits one chunk of rows with its checkpoint. */
export interface FileRun {
  readonly file: number;
  readonly flow: LiveFlow;
  /** Works about one turn. False when the file is finished, stopped, or must wait for its window. */
  step(): Promise<"more" | "paused" | "ended">;
  close(): Promise<void>;
}

export function fileRun(file: FileRow, flow: LiveFlow, env: FileRunEnvironment): FileRun {
  const path = join(env.data, file.text);
  let checked = !flow.compiled.format.wholeFile || file.rows > 0;
  let done = file.rows;
  let offset = file.offset;
  let books: Books = file.books;
  let source: RowSource | null = null;
  let alone = false;

  async function step(): Promise<"more" | "paused" | "ended"> {
    const schedule = flow.definition.schedule;
    const window = env.urgent(file.id) ? null : schedule?.window;
    if (schedule && window && !isWithin(window, schedule.zone, env.now())) {
      await close();
      return "paused";
    }
    if (!checked) {
      const failure = await readThrough(path, flow);
      if (failure !== null) return await end("rejected", failure);
      checked = true;
    }
    source ??= openSource();
    const batch = await nextOf(source);
    if (batch === "later") return "more";
    const over = "error" in batch;
    if (!over && !(await commit(batch))) {
      await close();
      return "more";
    }
    if (over && batch.error !== null) return await end(done > 0 ? "stopped" : "rejected", batch.error);
    const tripped = file.approved ? null : guardTrips(flow.definition.guard.rejected, books, done, over);
    if (tripped !== null) return await end("stopped", tripped);
    return over ? await end("done", null) : "more";
  }

  /** Mappings that ask the store stay in this thread. */
  function openSource(): RowSource {
    const reader =
      alone || flow.compiled.asks
        ? undefined
        : env.openReader({
            definition: flow.definition,
            version: flow.version,
            path,
            name: file.name,
            skip: done,
            size: file.textSize - offset,
            compiled: join(env.data, "compiled"),
            shadow: env.shadow.every,
          });
    if (reader === undefined) return rowsHere(file, path, flow, done, env);
    return readAhead(file, flow, reader, { store: env.store, report: env.shadow.report });
  }

  async function nextOf(from: RowSource): ReturnType<RowSource["next"]> {
    try {
      return await from.next();
    } catch (error) {
      if (!(error instanceof ReaderGone)) throw error;
      // Whatever a thread of its own died of: here it is told, and only this file waits for it.
      env.problem(flow, error);
      alone = true;
      await close();
      return "later";
    }
  }

  /** False when rows were found unchanged that are not so any more: they must be looked at again. */
  async function commit(batch: RowBatch): Promise<boolean> {
    const progress = { rows: batch.rows, offset: batch.offset, context: batch.context };
    let after: Books = books;
    let outdated = false;
    const held = env.store.seat.held();
    const before = async (tx: Tx): Promise<void> => {
      await env.fence.files(tx, held);
      outdated = !(await batch.holds(tx));
      if (outdated) throw new HubError("TL_INTERNAL", "rows changed between their look and their commit");
    };
    const alongside = async (tx: Tx, { ends, block, unblock }: Settled): Promise<void> => {
      if (block.length + unblock.length > 0) await tx.lanes.tell();
      // Rows stored by earlier chunks may have moved on since; the row in the store is the truth.
      const fresh = await tx.files.get(file.id);
      after = tallyRows(fresh?.books ?? books, ends);
      await tx.files.checkpoint(file.id, { ...progress, books: after });
      batch.settled(tx);
    };
    try {
      const settled =
        (batch.alike === null
          ? null
          : await settleAlike(env.store, flow, batch.alike, env.settle(), alongside, before)) ??
        (await runSettle(env.store, flow, batch.items, env.settle(), alongside, before));
      env.settled(flow, settled);
    } catch (error) {
      if (outdated) return false;
      throw error;
    }
    books = after;
    done = progress.rows;
    offset = progress.offset;
    failpoint("after_chunk");
    return true;
  }

  async function end(state: "done" | "stopped" | "rejected", failure: HubError | null): Promise<"ended"> {
    await env.store.transaction(async (tx) => {
      await env.fence.leases(tx, leasesOf(env.store.seat.held(), [DUTY]));
      const told = failure === null ? null : toFailure(placed(failure, { file: file.name }));
      await tx.files.finish(file.id, state, told, env.now());
    });
    return "ended";
  }

  async function close(): Promise<void> {
    const closing = source;
    source = null;
    await closing?.close();
  }

  return { file: file.id, flow, step, close };
}

/** Reads a file to its end without using anything of it: only then is it known to be whole. */
async function readThrough(path: string, flow: LiveFlow): Promise<HubError | null> {
  try {
    for await (const _rows of flow.compiled.format.records(path))
      await new Promise((resolve) => setImmediate(resolve));
    return null;
  } catch (error) {
    return asHubError(error);
  }
}
