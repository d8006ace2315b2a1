/** Sees messages end as another process does, through a read-only connection; or makes bare commits at a pace. */
import { join } from "node:path";
import type * as SqlModule from "../../src/backend/sqlite/sql.ts";
import { answerParent } from "./child.ts";
import { compiled } from "./compiled.ts";
import { shopJson } from "./customer.ts";

const { openSql } = await compiled<typeof SqlModule>("src/backend/sqlite/sql");
const LOOK_MS = 0.25;
/** So long nothing new has come when all must have: then something is missing. */
const PATIENCE_MS = 30_000;
const DONE = "SELECT place, event FROM message WHERE state = 5 AND place > ? ORDER BY place LIMIT 1000";

type Question =
  | { readonly watch: true }
  | { readonly watched: number; readonly first: number }
  | { readonly commits: number; readonly every: number };

await answerParent(async ({ folder, create }: { readonly folder: string; readonly create?: boolean }) => {
  const sql = openSql(
    join(folder, create === true ? "bare.db" : "tieline.db"),
    create === true ? "writer" : "reader",
  );
  if (create === true) sql.script("CREATE TABLE message (place INTEGER PRIMARY KEY, body TEXT)");
  const seen = new Map<string, bigint>();
  let last = 0;

  /** Messages that do not fail end in accepted order, so what is done lies before what is not. */
  function look(): number {
    const rows = sql.all<{ place: number; event: string }>(DONE, last);
    const now = process.hrtime.bigint();
    for (const row of rows) seen.set(row.event, now);
    last = rows.at(-1)?.place ?? last;
    return rows.length;
  }

  return async (question: Question) => {
    if ("watch" in question) {
      while (look() > 0);
      seen.clear();
      setImmediate(watch);
      return null;
    }
    if ("watched" in question) {
      const patience = performance.now() + PATIENCE_MS;
      let next = question.first;
      while (next < question.first + question.watched && performance.now() < patience) {
        if (seen.has(`latency-${next}`)) next += 1;
        else await pause(1);
      }
      return seen;
    }
    const times: number[] = [];
    const started = performance.now();
    for (let n = 0; n < question.commits; n++) {
      await pause(Math.max(0, started + n * question.every - performance.now()));
      const body = shopJson(n);
      const before = performance.now();
      sql.run("INSERT INTO message (body) VALUES (?)", body);
      times.push(performance.now() - before);
    }
    return times;
  };

  function watch(): void {
    look();
    sleep(LOOK_MS);
    setImmediate(watch);
  }
});

const cell = new Int32Array(new SharedArrayBuffer(4));

/** Timers know whole milliseconds only. */
function sleep(milliseconds: number): void {
  Atomics.wait(cell, 0, 0, milliseconds);
}

async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
