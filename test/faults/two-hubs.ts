import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { StorePlace } from "./backend.ts";
import { drained, fileEntries, recordsOf, tallyOf } from "./books.ts";
import { customerRows, drop } from "./drop.ts";
import { check, type Fault } from "./fault.ts";
import { freePort, startHubProcess } from "./hub-process.ts";
import { customersFlow } from "./project.ts";
import { setStage } from "./stage.ts";
import { until } from "./wait.ts";

/** F30: two hubs watch one inbox, and files come three times: under their name, under another, and while in work. */
export const twoHubs: Fault = {
  id: "F30",
  title: "the same file again, two hubs on one inbox",
  tries: "I1 I2",
  async run({ backend, random, size, note }) {
    const stage = await setStage(backend, {
      files: { customers: '{ inbox: INBOX, pattern: "*.csv", stable: 100 }' },
      flows: { customers: customersFlow() },
    });
    const other = join(stage.dir, "data2");
    const [one, two] = [stage.store, await backend.place(other)];
    const stores = [one, two];
    const hubs = [
      await stage.start(),
      await startHubProcess({
        ...{ dir: stage.dir, port: await freePort(), data: other },
        env: { ...stage.env, ...two.env },
      }),
    ];
    const filesOf = (store: StorePlace) => fileEntries(store, "customers");
    const allFiles = async () => (await Promise.all(stores.map(filesOf))).flat();

    // The race: each file is claimed by one of them.
    const count = size(60, 12);
    for (let n = 0; n < count; n++) {
      await drop(stage, `race-${n}.csv`, customerRows(`r${n}-`, 20));
      await pause(random.int(60));
    }
    await until(async () => (await allFiles()).filter(({ settled }) => settled).length >= count, 60_000);
    for (const store of stores) await drained(store);
    const raced = (await Promise.all(stores.map(filesOf))).map((files) => files.map(({ name }) => name));
    const names = raced.flat();
    note(`${count} files: ${raced[0]?.length} to one hub, ${raced[1]?.length} to the other`);
    await hubs[1]?.stop();

    // Three more, of which this hub has had the content: the same name, another name.
    const known = (raced[0] ?? []).slice(0, 3);
    for (const name of known) {
      const n = /\d+/.exec(name)?.[0] ?? "";
      await drop(stage, name, customerRows(`r${n}-`, 20));
      await drop(stage, `again-${n}.csv`, customerRows(`r${n}-`, 20));
    }
    await until(async () => (await filesOf(one)).length === (raced[0]?.length ?? 0) + 2 * known.length);

    // While in work: the same content under both names.
    const rows = size(30_000, 4_000);
    const big = customerRows("big-", rows);
    await drop(stage, "big.csv", big);
    await until(async () =>
      (await filesOf(one)).some(({ name, rows: done }) => name === "big.csv" && done > 0),
    );
    const working = (await allFiles()).filter(({ state }) => state === "running").length;
    await drop(stage, "big.csv", big);
    await drop(stage, "big-other.csv", big);
    await until(
      async () => (await filesOf(one)).filter(({ name }) => name.startsWith("big")).length === 3,
      60_000,
    );
    const drainMs = await drained(one);
    await hubs[0]?.stop();

    const bigs = (await filesOf(one)).filter(({ name }) => name.startsWith("big"));
    const repeats = (await filesOf(one)).filter(({ duplicateOf }) => duplicateOf !== null);
    const customers = await Promise.all(stores.map(async (store) => (await recordsOf(store, 0)).length));
    const expected = count * 20 + rows;
    const applied = await Promise.all(
      stores.map((store) => tallyOf(store, "customers", "crm.customer", "applied")),
    );
    const left = (await readdir(stage.inbox)).filter((name) => name.endsWith(".csv"));
    const claims = (await readdir(join(stage.inbox, ".tieline"))).length;
    await two.remove();
    await stage.remove();
    return {
      table: {
        acked: expected,
        appliedOnce: sum(customers),
        parked: 0,
        duplicateRequests: repeats.length,
        duplicateEffects: sum(applied) - expected,
        orderViolations: 0,
        lost: Math.max(0, expected - sum(customers)),
        drainMs,
      },
      checks: [
        check(
          "of two hubs one takes each file",
          names.length === count && new Set(names).size === count,
          `${names.length} taken`,
        ),
        check(
          "both hubs took some",
          raced.every((list) => list.length > 0),
        ),
        check("the copies came while the file was in work", working === 1, working),
        check("every other copy is a duplicate", repeats.length === 2 * known.length + 2, repeats.length),
        check(
          "a duplicate has no rows and names its original",
          repeats.every(({ state, rows: done }) => state === "duplicate" && done === 0),
        ),
        check(
          "of three in work one is done",
          bigs.filter(({ state }) => state === "done").length === 1,
          bigs.map(({ state }) => state).join(" "),
        ),
        check(
          "the inbox is empty",
          left.length === 0 && claims === 0,
          `${left.length} files, ${claims} claims`,
        ),
      ],
    };
  },
};

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
