import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { booksOf, drained, recordsOf } from "./books.ts";
import { customerRows, drop } from "./drop.ts";
import { check, type Fault } from "./fault.ts";
import { freePort, startHubProcess } from "./hub-process.ts";
import { customersFlow, makeProject } from "./project.ts";
import { until } from "./wait.ts";

const ROWS = 25;

/** K01: the hub is killed while files come: after a claim, after the file is in the ledger, and at any moment. */
export const killFiles: Fault = {
  id: "K01",
  title: "kill -9 while files are claimed, taken and cleared away",
  async run({ random, size, note }) {
    const project = await makeProject({
      files: { customers: '{ inbox: INBOX, pattern: "*.csv", done: "*.ok" }' },
      flows: { customers: customersFlow() },
    });
    const data = join(project.dir, "data");
    const port = await freePort();
    const rounds = size(12, 3);
    let dropped = 0;
    let deaths = 0;
    for (let round = 0; round < rounds; round++) {
      const nth = 1 + random.int(6);
      const place = [`after_claim:exit:${nth}`, `after_file_taken:exit:${nth}`, undefined][round % 3];
      const hub = await startHubProcess({
        ...project,
        port,
        env: { ...project.env, ...(place === undefined ? {} : { TIELINE_FAILPOINT: place }) },
        doomed: place !== undefined,
      });
      const until = performance.now() + (place === undefined ? 800 + random.int(1500) : 60_000);
      for (let waits = 0; performance.now() < until && hub.alive(); waits++) {
        if (waits < 8) {
          dropped += 1;
          const name = `part-${String(dropped).padStart(4, "0")}.csv`;
          await drop(project, name, customerRows(`f${dropped}-`, ROWS));
          await drop(project, `${name}.ok`, "");
        }
        await Promise.race([hub.ended, pause(40)]);
      }
      if (!hub.alive()) deaths += 1;
      await hub.kill();
      note(`killed ${place === undefined ? "at some moment" : `at ${place}`}; ${dropped} files so far`);
    }
    const started = performance.now();
    const hub = await startHubProcess({ ...project, port });
    await until(() => booksOf(data, "customers").files.length >= dropped, 60_000);
    await drained(data);
    const drainMs = performance.now() - started;
    await pause(1500);
    await hub.stop();
    const books = booksOf(data, "customers");
    const tally = books.tallies.get("crm.customer") ?? {};
    const ended = Object.values(tally).reduce((sum, n) => sum + n, 0);
    const records = recordsOf(data, 0).length;
    const left = (await readdir(project.inbox)).filter((name) => name.startsWith("part"));
    const claims = await readdir(join(project.inbox, ".tieline"));
    await project.remove();
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
