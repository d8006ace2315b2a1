import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { booksOf, drained, type FileEntry, fileEntries, recordsOf } from "./books.ts";
import { customerRows, drop } from "./drop.ts";
import { check, type Fault } from "./fault.ts";
import { customersFlow } from "./project.ts";
import { setStage } from "./stage.ts";
import { until } from "./wait.ts";

const STABLE_MS = 1000;

/** Appends a text in as many pieces as there are steps, 100 ms apart; a process of its own, so that it can be killed. */
const WRITER = `
const { appendFileSync } = require("node:fs");
const [path, text, steps] = process.argv.slice(1);
const size = Math.ceil(text.length / Number(steps));
let at = 0;
const timer = setInterval(() => {
  appendFileSync(path, text.slice(at, at + size));
  at += size;
  if (at >= text.length) clearInterval(timer);
}, 100);
`;

/** F29: files are seen while they are written, and files whose writer died. */
export const halfFile: Fault = {
  id: "F29",
  title: "half-written files",
  tries: "I1 I4",
  async run({ backend, size, note }) {
    const stage = await setStage(backend, {
      files: {
        customers: `{ inbox: INBOX, pattern: "*.csv", stable: ${STABLE_MS} }`,
        marked: '{ inbox: INBOX, pattern: "*.dat", done: "*.ok" }',
        xml: `{ inbox: INBOX, pattern: "*.xml", stable: ${STABLE_MS} }`,
      },
      flows: {
        customers: customersFlow(),
        marked: customersFlow({ read: "marked" }),
        xml: customersFlow({ read: "xml", format: "xml: { record: customer }" }),
      },
    });
    const hub = await stage.start();
    const files = (flow: string): Promise<readonly FileEntry[]> => fileEntries(stage.store, flow);
    const steps = size(50, 15);

    // A writer that appends for seconds.
    const slow = writer(join(stage.inbox, "slow.csv"), customerRows("s", 200), steps);
    const early: number[] = [];
    while (slow.exitCode === null) {
      early.push((await files("customers")).length);
      await pause(50);
    }
    await until(async () => (await files("customers")).some(({ state }) => state === "done"));
    const taken = (await files("customers"))[0];

    // A writer that dies in the middle of a row, with a marker to come, and without.
    const text = customerRows("m", 100);
    const dying = writer(join(stage.inbox, "marked.dat"), text.slice(0, -20), steps);
    const torn = customerRows("t", 10);
    await writeFile(join(stage.inbox, "torn.csv"), torn.slice(0, torn.lastIndexOf(";")));
    await pause((steps * 100) / 2);
    dying.kill("SIGKILL");
    await once(dying, "exit").catch(() => undefined);
    await pause(size(4000, 2500));
    const unmarked = (await files("marked")).length;
    await writeFile(join(stage.inbox, "marked.dat"), text);
    await pause(size(2500, 1500));
    const whole = (await files("marked")).length;
    await writeFile(join(stage.inbox, "marked.dat.ok"), "");
    await until(async () => (await files("marked")).some(({ state }) => state === "done"));

    // XML that ends too early: well-formed as far as it goes.
    const xml = `<customers>${Array.from({ length: 50 }, (_, n) => `<customer><id>x${n}</id><version>1</version><name>N</name></customer>`).join("\n")}</customers>`;
    const cuts = [0.1, 0.3, 0.5, 0.7, 0.9, 0.999].slice(0, size(6, 3));
    for (const [at, share] of cuts.entries())
      await drop(stage, `cut-${at}.xml`, xml.slice(0, Math.floor(xml.length * share)));
    await until(
      async () => (await files("xml")).filter(({ state }) => state !== "running").length === cuts.length,
    );
    const leaked = (await recordsOf(stage.store, 0)).filter(({ externalId }) =>
      externalId.startsWith("x"),
    ).length;
    await drop(stage, "whole.xml", xml);
    await until(async () => (await files("xml")).length === cuts.length + 1);
    const drainMs = await drained(stage.store);
    await hub.stop();

    const customers = await booksOf(stage.store, "customers");
    const tornFile = customers.files.find(({ name }) => name === "torn.csv");
    const cutFiles = (await files("xml")).filter(({ name }) => name.startsWith("cut"));
    const ids = (await recordsOf(stage.store, 0)).map(({ externalId }) => externalId);
    const expected = 200 + 9 + 100 + 50;
    note(`${ids.length} customers of ${expected}; ${cutFiles.length} cut XML files`);
    const checks = [
      check(
        "a file is not taken while it is written",
        early.every((n) => n === 0),
        `looked ${early.length} times`,
      ),
      check("afterwards it is taken whole", taken?.rows === 200, taken?.rows),
      check("without its marker a half-written file is not taken", unmarked === 0),
      check("nor the whole one, until the marker is there", whole === 0),
      check(
        "with the marker it is taken whole",
        (await files("marked"))[0]?.rows === 100,
        (await files("marked"))[0]?.rows,
      ),
      check(
        "file and marker are gone",
        !existsSync(join(stage.inbox, "marked.dat")) && !existsSync(join(stage.inbox, "marked.dat.ok")),
      ),
      check(
        "of a torn file the broken last row is rejected with its line",
        tornFile?.state === "done" &&
          customers.messages.some(
            ({ line, outcomes }) => line === 11 && outcomes["crm.customer"] === "rejected",
          ),
        JSON.stringify(tornFile?.books),
      ),
      check(
        "XML that ends too early is rejected whole",
        cutFiles.every(({ state }) => state === "rejected"),
        cutFiles.map(({ state }) => state).join(" "),
      ),
      check(
        "as TL_FILE_TRUNCATED",
        cutFiles.every(({ failure }) => failure?.code === "TL_FILE_TRUNCATED"),
        cutFiles.map(({ failure }) => failure?.code).join(" "),
      ),
      check("and nothing of it is delivered", leaked === 0, `${leaked} records`),
    ];
    await stage.remove();
    return {
      table: {
        acked: expected + 1,
        appliedOnce: ids.length,
        parked: 1,
        duplicateRequests: 0,
        duplicateEffects: Math.max(0, ids.length - expected),
        orderViolations: 0,
        lost: Math.max(0, expected - ids.length),
        drainMs,
      },
      checks,
    };
  },
};

function writer(path: string, text: string, steps: number) {
  return spawn(process.execPath, ["-e", WRITER, path, text, String(steps)], { stdio: "inherit" });
}
