import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { booksOf, drained, recordsOf } from "./books.ts";
import { customerRows, drop } from "./drop.ts";
import { check, type Fault } from "./fault.ts";
import { freePort, startHubProcess } from "./hub-process.ts";
import { customersFlow, makeProject } from "./project.ts";
import { until } from "./wait.ts";

/** F30: two hubs watch one inbox, and files come three times: under their name, under another, and while in work. */
export const twoHubs: Fault = {
  id: "F30",
  title: "the same file again, two hubs on one inbox",
  async run({ random, size, note }) {
    const project = await makeProject({
      files: { customers: '{ inbox: INBOX, pattern: "*.csv", stable: 100 }' },
      flows: { customers: customersFlow() },
    });
    const folders = ["data", "data2"].map((name) => join(project.dir, name));
    const [one = "", two = ""] = folders;
    const hubs = [
      await startHubProcess({ ...project, port: await freePort(), data: one }),
      await startHubProcess({ ...project, port: await freePort(), data: two }),
    ];
    const filesOf = (data: string) => booksOf(data, "customers").files;
    const inWork = () => folders.flatMap(filesOf).filter(({ state }) => state === "running").length;

    // The race: each file is claimed by one of them.
    const count = size(60, 12);
    for (let n = 0; n < count; n++) {
      await drop(project, `race-${n}.csv`, customerRows(`r${n}-`, 20));
      await pause(random.int(60));
    }
    await until(() => folders.flatMap(filesOf).filter(({ settled }) => settled).length >= count, 60_000);
    for (const data of folders) await drained(data);
    const raced = folders.map((data) => filesOf(data).map(({ name }) => name));
    const names = raced.flat();
    note(`${count} files: ${raced[0]?.length} to one hub, ${raced[1]?.length} to the other`);
    await hubs[1]?.stop();

    // Three more, of which this hub has had the content: the same name, another name.
    const known = (raced[0] ?? []).slice(0, 3);
    for (const name of known) {
      const n = /\d+/.exec(name)?.[0] ?? "";
      await drop(project, name, customerRows(`r${n}-`, 20));
      await drop(project, `again-${n}.csv`, customerRows(`r${n}-`, 20));
    }
    await until(() => filesOf(one).length === (raced[0]?.length ?? 0) + 2 * known.length);

    // While in work: the same content under both names.
    const rows = size(30_000, 4_000);
    const big = customerRows("big-", rows);
    await drop(project, "big.csv", big);
    await until(() => filesOf(one).some(({ name, rows: done }) => name === "big.csv" && done > 0));
    const working = inWork();
    await drop(project, "big.csv", big);
    await drop(project, "big-other.csv", big);
    await until(() => filesOf(one).filter(({ name }) => name.startsWith("big")).length === 3, 60_000);
    const drainMs = await drained(one);
    await hubs[0]?.stop();

    const bigs = filesOf(one).filter(({ name }) => name.startsWith("big"));
    const repeats = filesOf(one).filter(({ duplicateOf }) => duplicateOf !== null);
    const customers = folders.map((data) => recordsOf(data, 0).length);
    const expected = count * 20 + rows;
    const applied = folders.map(
      (data) => booksOf(data, "customers").tallies.get("crm.customer")?.["applied"] ?? 0,
    );
    const left = (await readdir(project.inbox)).filter((name) => name.endsWith(".csv"));
    const claims = (await readdir(join(project.inbox, ".tieline"))).length;
    await project.remove();
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
