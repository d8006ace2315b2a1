import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { booksOf, drained, fileEntries, recordsOf } from "./books.ts";
import { customerRows, drop } from "./drop.ts";
import { check, type Fault } from "./fault.ts";
import { customersFlow } from "./project.ts";
import { setStage } from "./stage.ts";
import { until } from "./wait.ts";

const ROWS = 25;

/** K01: the hub is killed while files come: after a claim, after the file is in the ledger, and at any moment. */
export const killFiles: Fault = {
  id: "K01",
  title: "kill -9 while files are claimed, taken and cleared away",
  tries: "I1 I2",
  async run({ backend, random, size, note }) {
    const stage = await setStage(backend, {
      files: { customers: '{ inbox: INBOX, pattern: "*.csv", done: "*.ok" }' },
      flows: { customers: customersFlow() },
    });
    const rounds = size(12, 3);
    let dropped = 0;
    let deaths = 0;
    for (let round = 0; round < rounds; round++) {
      const nth = 1 + random.int(6);
      const place = [`after_claim:exit:${nth}`, `after_file_taken:exit:${nth}`, undefined][round % 3];
      const hub = await stage.start({ failpoint: place });
      const until = performance.now() + (place === undefined ? 800 + random.int(1500) : 60_000);
      for (let waits = 0; performance.now() < until && hub.alive(); waits++) {
        if (waits < 8) {
          dropped += 1;
          const name = `part-${String(dropped).padStart(4, "0")}.csv`;
          await drop(stage, name, customerRows(`f${dropped}-`, ROWS));
          await drop(stage, `${name}.ok`, "");
        }
        await Promise.race([hub.ended, pause(40)]);
      }
      if (!hub.alive()) deaths += 1;
      await hub.kill();
      note(`killed ${place === undefined ? "at some moment" : `at ${place}`}; ${dropped} files so far`);
    }
    const started = performance.now();
    const hub = await stage.start();
    await until(async () => (await fileEntries(stage.store, "customers")).length >= dropped, 60_000);
    await drained(stage.store);
    const drainMs = performance.now() - started;
    await pause(1500);
    await hub.stop();
    const books = await booksOf(stage.store, "customers");
    const tally = books.tallies.get("crm.customer") ?? {};
    const ended = Object.values(tally).reduce((sum, n) => sum + n, 0);
    const records = (await recordsOf(stage.store, 0)).length;
    const left = (await readdir(stage.inbox)).filter((name) => name.startsWith("part"));
    const claims = await readdir(join(stage.inbox, ".tieline"));
    await stage.remove();
    const byPoint = rounds - Math.floor(rounds / 3);
    return {
      table: {
        acked: dropped * ROWS,
        appliedOnce: records,
        parked: 0,
        duplicateRequests: books.files.length - dropped,
        duplicateEffects: ended - dropped * ROWS,
        orderViolations: 0,
        lost: dropped * ROWS - records,
        drainMs,
      },
      checks: [
        check("each hub with a fail point died there", deaths === byPoint, `${deaths} of ${byPoint}`),
        check(
          "each file is taken once",
          books.files.length === dropped && books.files.every(({ state }) => state === "done"),
          `${books.files.length} of ${dropped}`,
        ),
        check("each row is applied once", tally["applied"] === dropped * ROWS, JSON.stringify(tally)),
        check(
          "files, markers and claims are gone",
          left.length === 0 && claims.length === 0,
          [...left, ...claims].join(" "),
        ),
      ],
    };
  },
};
