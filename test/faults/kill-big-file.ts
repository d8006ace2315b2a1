import { setTimeout as pause } from "node:timers/promises";
import type { StorePlace } from "./backend.ts";
import { booksOf, drained, fileEntries, recordsOf } from "./books.ts";
import { customerRows, drop } from "./drop.ts";
import { check, type Fault } from "./fault.ts";
import type { HubProcess } from "./hub-process.ts";
import { customersFlow } from "./project.ts";
import { setStage } from "./stage.ts";

/** F32: the hub is killed again and again in the middle of a large file. */
export const killBigFile: Fault = {
  id: "F32",
  title: "kill -9 in the middle of a large file",
  tries: "I1 I2 I4",
  async run({ backend, random, size, note }) {
    const rows = size(100_000, 12_000);
    const kills = size(5, 2);
    const stage = await setStage(backend, {
      files: { customers: '{ inbox: INBOX, pattern: "*.csv", stable: 0 }' },
      flows: { customers: customersFlow() },
    });
    await drop(stage, "large.csv", customerRows("k", rows));
    const before: number[] = [];
    for (let kill = 0; kill < kills; kill++) {
      // At any moment, and right after a chunk was committed.
      const exact = kill % 2 === 1;
      const failpoint = `after_chunk:exit:${1 + random.int(8)}`;
      const hub = await stage.start({ failpoint: exact ? failpoint : undefined, doomed: true });
      if (exact) await Promise.race([hub.ended, pause(60_000)]);
      else await runTo(hub, stage.store, (rows * (kill + 1)) / (kills + 2), random.int(40));
      await hub.kill();
      before.push(await progress(stage.store));
      note(`killed ${exact ? `at ${failpoint}` : "at some moment"}, ${before.at(-1)} rows are committed`);
    }
    const started = performance.now();
    const last = await stage.start();
    await drained(stage.store, 300_000);
    const drainMs = performance.now() - started;
    const file = await reported(last);
    await last.stop();
    const books = await booksOf(stage.store, "customers");
    const ids = new Set((await recordsOf(stage.store, 0)).map(({ externalId }) => externalId));
    const tally = books.tallies.get("crm.customer") ?? {};
    const ended = Object.values(tally).reduce((sum, n) => sum + n, 0);
    await stage.remove();
    const inside = before.filter((n) => n > 0 && n < rows).length;
    return {
      table: {
        acked: rows,
        appliedOnce: ids.size,
        parked: 0,
        duplicateRequests: 0,
        duplicateEffects: ended - rows,
        orderViolations: before.filter((n, at) => n < (before[at - 1] ?? 0)).length,
        lost: rows - ids.size,
        drainMs,
      },
      checks: [
        check("it was killed in the middle of the file", inside === kills, before.join(" ")),
        check("the books count each row once as applied", tally["applied"] === rows, JSON.stringify(tally)),
        check(
          "the report of the file adds up",
          file.rows === rows && file.books["crm.customer"]?.["applied"] === rows,
          JSON.stringify(file.books),
        ),
        check("the file was taken once", books.files.length === 1 && file.state === "done", file.state),
      ],
    };
  },
};

/** Waits until so many rows are committed, and a moment longer. */
async function runTo(hub: HubProcess, store: StorePlace, rows: number, longer: number): Promise<void> {
  const started = performance.now();
  while ((await progress(store)) < rows && hub.alive() && performance.now() - started < 120_000)
    await pause(5);
  await pause(longer);
}

async function progress(store: StorePlace): Promise<number> {
  try {
    return (await fileEntries(store, "customers"))[0]?.rows ?? 0;
  } catch {
    // The hub has not made its tables yet.
    return 0;
  }
}

interface Report {
  readonly state: string;
  readonly rows: number;
  readonly books: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

async function reported(hub: HubProcess): Promise<Report> {
  const { items } = await hub.get<{ items: readonly Report[] }>("/api/v1/files?limit=10");
  const [file] = items;
  if (file === undefined) throw new Error("the API names no file");
  return file;
}
