import { join } from "node:path";
import { asHubError, HubError, toFailure } from "../errors.ts";
import { answerAll, attempt } from "../flow/answer-all.ts";
import { askStore } from "../flow/ask-store.ts";
import { failpoint } from "../flow/failpoint.ts";
import type { Item } from "../flow/item.ts";
import { type LiveFlow, sourceSystem } from "../flow/live-flow.ts";
import { runSettle } from "../flow/run-settle.ts";
import type { Settled, SettleEnvironment } from "../flow/settlement.ts";
import type { Row } from "../format/format.ts";
import type { Answers } from "../mapping/look-up.ts";
import { Unanswered } from "../mapping/look-up-desk.ts";
import type { Json } from "../message/json.ts";
import type { Books, FileRow } from "../store/file-table.ts";
import type { Store } from "../store/store.ts";
import { guardTrips, tallyRows } from "./file-books.ts";
import { hashWithAnswers } from "./record-hash.ts";
import { rowFeed } from "./row-feed.ts";
import { startTurn } from "./turn.ts";
import { type Look, unchangedCheck } from "./unchanged.ts";
import { isWithin } from "./window.ts";

const MOST_ROWS = 1000;

export interface FileRunEnvironment {
  readonly store: Store;
  readonly data: string;
  readonly settle: () => SettleEnvironment;
  readonly settled: (flow: LiveFlow, settled: Settled) => void;
  readonly now: () => number;
  readonly clock: () => number;
  /** Whether a person asked for the file now, so that its window does not hold it back. */
  readonly urgent: (file: number) => boolean;
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
  const stream = flow.compiled.format.records(path);
  const feed = rowFeed(stream, file.rows);
  const ask = askStore(env.store);
  const unchanged = unchangedCheck(flow, stream, env.store);
  let checked = !flow.compiled.format.wholeFile || file.rows > 0;
  let done = file.rows;
  let books: Books = file.books;

  async function step(): Promise<"more" | "paused" | "ended"> {
    const schedule = flow.definition.schedule;
    const window = env.urgent(file.id) ? null : schedule?.window;
    if (schedule && window && !isWithin(window, schedule.zone, env.now())) return "paused";
    if (!checked) {
      const failure = await readThrough(path, flow);
      if (failure !== null) return await end("rejected", failure);
      checked = true;
    }
    const rows = await feed.take(MOST_ROWS);
    const over = "error" in rows;
    if (!over) await commit(rows, await prepareRows(rows));
    if (over && rows.error !== null) return await end(done > 0 ? "stopped" : "rejected", rows.error);
    const tripped = file.approved ? null : guardTrips(flow.definition.guard.rejected, books, done, over);
    if (tripped !== null) return await end("stopped", tripped);
    return over ? await end("done", null) : "more";
  }

  /** As many as a turn has time for; the other rows go back. */
  async function prepareRows(rows: readonly Row[]): Promise<readonly Item[]> {
    const turn = startTurn(env.clock);
    const looks = await unchanged(rows);
    const first: (Item | Unanswered)[] = [];
    for (const [index, row] of rows.entries()) {
      first.push(attempt((answers) => toItem(row, looks[index], answers)));
      if ((index & 15) === 15 && turn.isOver()) break;
    }
    const ways = {
      run: (index: number, answers: Answers) => toItem(rows[index] as Row, looks[index], answers),
      fail: (index: number, error: HubError) => failedItem(rows[index] as Row, looks[index], error),
    };
    const items = await answerAll(first, ways, ask, turn);
    if (items.length < rows.length) feed.giveBack(rows.slice(items.length));
    return items;
  }

  function toItem(row: Row, look: Look | undefined, answers: Answers): Item {
    if (look === undefined || look.error !== null)
      return failedItem(row, look, look?.error ?? new HubError("TL_INTERNAL", "no row"));
    const base = itemOf(row, look);
    if (look.unchanged) return { ...base, result: "unchanged" };
    try {
      const info = {
        receivedAt: base.acceptedAt,
        headers: null,
        file: file.name,
        row: row.row,
        key: look.key,
      };
      const result = flow.compiled.prepare(row.value as Json, info, answers);
      const hash = look.hash === null ? null : hashWithAnswers(look.hash, result.asked);
      return { ...base, hash, result: hash !== null && hash === look.applied ? "unchanged" : result };
    } catch (error) {
      if (error instanceof Unanswered) throw error;
      return failedItem(row, look, asHubError(error));
    }
  }

  function failedItem(row: Row, look: Look | undefined, error: HubError): Item {
    const place = { file: file.name, line: row.line, record: row.row };
    return { ...itemOf(row, look), result: placed(error, place) };
  }

  function itemOf(row: Row, look: Look | undefined): Omit<Item, "result"> {
    return {
      place: null,
      slice: { file: file.id, row: row.row, line: row.line, offset: row.offset, length: row.length },
      system: sourceSystem(flow.definition),
      acceptedAt: env.now(),
      attempts: 0,
      replay: 0,
      plan: null,
      hops: 0,
      hash: look?.hash ?? null,
      key: look?.key ?? null,
    };
  }

  async function commit(batch: readonly Row[], items: readonly Item[]): Promise<void> {
    const last = batch[items.length - 1];
    if (last === undefined) return;
    const progress = { rows: last.row, offset: last.offset + last.length, context: stream.context };
    let after: Books = books;
    const settled = await runSettle(env.store, flow, items, env.settle(), async (tx, inside) => {
      // Rows stored by earlier chunks may have moved on since; the row in the store is the truth.
      const fresh = await tx.files.get(file.id);
      after = tallyRows(fresh?.books ?? books, inside.ends);
      await tx.files.checkpoint(file.id, { ...progress, books: after });
    });
    books = after;
    done = progress.rows;
    env.settled(flow, settled);
    failpoint("after_chunk");
  }

  async function end(state: "done" | "stopped" | "rejected", failure: HubError | null): Promise<"ended"> {
    await env.store.transaction((tx) =>
      tx.files.finish(
        file.id,
        state,
        failure === null ? null : toFailure(placed(failure, { file: file.name })),
        env.now(),
      ),
    );
    return "ended";
  }

  return { file: file.id, flow, step, close: () => feed.close() };
}

function placed(error: HubError, place: { file: string; line?: number; record?: number }): HubError {
  return new HubError(error.code, error.message, {
    place: { ...place, ...error.place, file: error.place?.file ?? place.file },
    cure: error.cure,
    issues: error.issues,
    cause: error.cause,
  });
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
