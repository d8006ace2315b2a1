import { asHubError, HubError } from "../errors.ts";
import { answerAll, attempt } from "../flow/answer-all.ts";
import { askStore } from "../flow/ask-store.ts";
import type { Item } from "../flow/item.ts";
import type { LiveFlow } from "../flow/live-flow.ts";
import type { Row } from "../format/format.ts";
import type { Answers } from "../mapping/look-up.ts";
import { Unanswered } from "../mapping/look-up-desk.ts";
import type { Json } from "../message/json.ts";
import type { FileRow } from "../store/file-table.ts";
import type { Store } from "../store/store.ts";
import { hashWithAnswers } from "./record-hash.ts";
import { rowFeed } from "./row-feed.ts";
import { rowItems } from "./row-item.ts";
import type { RowBatch, RowSource } from "./row-source.ts";
import { startTurn } from "./turn.ts";
import { type Look, unchangedCheck } from "./unchanged.ts";

const MOST_ROWS = 1000;

export interface RowsHereEnvironment {
  readonly store: Store;
  readonly now: () => number;
  readonly clock: () => number;
}

/** Rows read and mapped in this thread, about a turn's worth at a time. */
export function rowsHere(
  file: FileRow,
  path: string,
  flow: LiveFlow,
  skip: number,
  env: RowsHereEnvironment,
): RowSource {
  const stream = flow.compiled.format.records(path);
  const feed = rowFeed(stream, skip);
  const ask = askStore(env.store);
  const unchanged = unchangedCheck(flow, stream, env.store);
  const { item, placed } = rowItems(file, flow);

  /** As many as a turn has time for; the other rows go back. */
  async function prepare(rows: readonly Row[]): Promise<readonly Item[]> {
    const turn = startTurn(env.clock);
    const looks = await unchanged(rows);
    const first: (Item | Unanswered)[] = [];
    for (const [index, row] of rows.entries()) {
      first.push(attempt((answers) => toItem(row, looks[index], answers)));
      if ((index & 15) === 15 && turn.isOver()) break;
    }
    const ways = {
      run: (index: number, answers: Answers) => toItem(rows[index] as Row, looks[index], answers),
      fail: (index: number, error: HubError) => failed(rows[index] as Row, looks[index], error),
    };
    const items = await answerAll(first, ways, ask, turn);
    if (items.length < rows.length) feed.giveBack(rows.slice(items.length));
    return items;
  }

  function toItem(row: Row, look: Look | undefined, answers: Answers): Item {
    if (look === undefined || look.error !== null)
      return failed(row, look, look?.error ?? new HubError("TL_INTERNAL", "no row"));
    const { key, hash } = look;
    const receivedAt = env.now();
    if (look.unchanged) return item(row, receivedAt, hash, key, "unchanged");
    try {
      const info = { receivedAt, headers: null, file: file.name, row: row.row, key };
      const result = flow.compiled.prepare(row.value as Json, info, answers);
      const whole = hash === null ? null : hashWithAnswers(hash, result.asked);
      const same = whole !== null && whole === look.applied;
      return item(row, receivedAt, whole, key, same ? "unchanged" : result);
    } catch (error) {
      if (error instanceof Unanswered) throw error;
      return failed(row, look, asHubError(error));
    }
  }

  function failed(row: Row, look: Look | undefined, error: HubError): Item {
    return item(row, env.now(), look?.hash ?? null, look?.key ?? null, placed(row, error));
  }

  return {
    async next() {
      const rows = await feed.take(MOST_ROWS);
      if ("error" in rows) return rows;
      const items = await prepare(rows);
      const last = rows[items.length - 1] as Row;
      return {
        items,
        alike: null,
        rows: last.row,
        offset: last.offset + last.length,
        context: stream.context,
        holds: async () => true,
        settled: () => undefined,
      } satisfies RowBatch;
    },
    close: () => feed.close(),
  };
}
