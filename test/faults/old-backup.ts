import { rename } from "node:fs/promises";
import { join } from "node:path";
import { startTarget } from "../fakes/http-target.ts";
import { ask, runProgram } from "../fakes/postgres.ts";
import { booksOf, drained, fileEntries, recordsOf } from "./books.ts";
import { customerRows, drop } from "./drop.ts";
import { type Check, check, type Fault } from "./fault.ts";
import { type Posted, post } from "./producer.ts";
import { wholeProject } from "./project.ts";
import { type Stage, setStage } from "./stage.ts";
import { tieline } from "./tieline.ts";
import { until } from "./wait.ts";

const ROWS = 200;
const CUSTOMERS = 10;

/** F37: a backup of before is restored while sources go on sending: what is missing is told, nothing is applied twice. */
export const oldBackup: Fault = {
  id: "F37",
  title: "an old backup is restored while sources keep sending",
  tries: "I2 I3 I4 I8",
  async run({ backend, size, note }) {
    const target = await startTarget({ mode: "dedupe", keyField: "subject" });
    const stage = await setStage(backend, wholeProject(target));
    const each = size(300, 60);
    const sent: Posted[] = [];
    /** Numbers from-to of the senders; each customer's in order. */
    const send = async (url: string, from: number, to: number): Promise<Posted[]> => {
      const list: Posted[] = [];
      for (let n = from; n < to; n++) {
        const customer = `c${n % CUSTOMERS}`;
        const happening = { id: `${customer}-${Math.floor(n / CUSTOMERS) + 1}`, customer, n };
        let posted: Posted | null = null;
        while (posted === null) posted = await post(url, happening);
        list.push(posted);
      }
      return list;
    };
    const files = async (count: number) =>
      until(
        async () =>
          (await fileEntries(stage.store, "customers")).filter(({ settled }) => settled).length >= count,
      );

    const first = await stage.start();
    sent.push(...(await send(first.url, 0, each)));
    await drop(stage, "before.csv", customerRows("a", ROWS));
    await files(1);
    await drained(stage.store);
    await takeBackup(stage);
    // What comes now is accepted, applied and delivered, and is in no backup.
    const lost = await send(first.url, each, 2 * each);
    await drop(stage, "after.csv", customerRows("b", ROWS));
    await files(2);
    await drained(stage.store);
    await first.stop();
    const requestsBefore = target.requests.length;

    const found = await restore(stage);
    const second = await stage.start();
    const started = performance.now();
    // Sources go on, and do not know of anything; then those that were named send again what they sent since.
    sent.push(...(await send(second.url, 2 * each, 3 * each)));
    const beforeGap = new Set((await recordsOf(stage.store, 1)).map(({ externalId }) => externalId));
    const again = await send(second.url, 0, 3 * each);
    await drop(stage, "before.csv", customerRows("a", ROWS));
    await drop(stage, "after.csv", customerRows("b", ROWS));
    await files(3);
    await drained(stage.store);
    const drainMs = performance.now() - started;
    const code = await second.stop();

    const notes = (await recordsOf(stage.store, 1)).map(({ externalId }) => externalId);
    const customers = await recordsOf(stage.store, 0);
    const books = await booksOf(stage.store, "events");
    const applied = books.tallies.get("crm.interaction")?.["applied"] ?? 0;
    const rows = (await booksOf(stage.store, "customers")).tallies.get("crm.customer")?.["applied"] ?? 0;
    const effects = target.requests.filter(({ effect }) => effect);
    const ids = new Set(effects.map(({ id }) => id));
    const swallowed = target.requests.filter(({ effect }, at) => !effect && at >= requestsBefore).length;
    const missing = lost.filter(({ id }) => beforeGap.has(id)).length;
    await stage.remove();
    await target.close();
    note(
      `${lost.length} messages and ${ROWS} rows came after the backup; ${again.filter(({ duplicate }) => duplicate).length} of ${again.length} sent again were known`,
    );
    const items = 3 * each + 2 * ROWS;
    const once = new Set(notes).size + customers.length;
    return {
      table: {
        acked: items,
        appliedOnce: once,
        parked: 0,
        duplicateRequests: again.filter(({ duplicate }) => duplicate).length,
        duplicateEffects:
          notes.length +
          customers.length -
          once +
          (applied - notes.length) +
          (rows - customers.length) +
          (effects.length - ids.size),
        orderViolations: 0,
        lost: items - once,
        drainMs,
      },
      checks: [
        ...found,
        check(
          "what came after the backup is not there before it is sent again",
          missing === 0,
          `${missing} of ${lost.length}`,
        ),
        check(
          "what was in the backup is known when it is sent again",
          again.filter(({ duplicate }) => duplicate).length === 2 * each,
          again.filter(({ duplicate }) => duplicate).length,
        ),
        check(
          "no new message bears a number that the target has seen",
          swallowed === 0,
          `${swallowed} taken for repetitions`,
        ),
        check(
          "the file that was in the backup is a duplicate, the other is applied",
          rows === 2 * ROWS,
          `${rows} rows applied`,
        ),
        check("the hub stops with exit code 0 afterwards", code === 0, code ?? ""),
      ],
    };
  },
};

const COPY = "copy";

async function takeBackup(stage: Stage): Promise<void> {
  if (stage.store.technology === "sqlite") {
    const token = { cwd: stage.dir, env: stage.env };
    const ran = await tieline(["backup", COPY, "--url", `http://127.0.0.1:${stage.port}`], token);
    if (ran.code !== 0) throw new Error(`the backup failed: ${ran.text}`);
    return;
  }
  const { url, schema } = placeOf(stage);
  await runProgram("pg_dump", [
    "--format=custom",
    `--schema=${schema}`,
    `--file=${join(stage.dir, COPY)}`,
    `--dbname=${url}`,
  ]);
}

/** Makes the store anew from the backup, as the README says. */
async function restore(stage: Stage): Promise<readonly Check[]> {
  if (stage.store.technology === "sqlite") {
    const old = join(stage.dir, "lost");
    await rename(stage.data, old);
    const args = ["restore", COPY, "--data", stage.data, "--archive", join(old, "archive")];
    const ran = await tieline(args, { cwd: stage.dir, env: stage.env });
    const gap = /^events\s+(m-\d+)\s.*?(c\d+-\d+)/m.exec(ran.text);
    return [
      check("`tieline restore` succeeds", ran.code === 0, ran.code === 0 ? "" : ran.text),
      check("it names the last message of each flow", gap !== null, gap?.slice(1).join(" ") ?? ran.text),
      check(
        "it names the file that the backup lacks, and no other",
        ran.text.includes("after.csv") && !/before\.csv.*archive/.test(ran.text),
      ),
    ];
  }
  const { url, schema } = placeOf(stage);
  await ask(url, `DROP SCHEMA ${schema} CASCADE`);
  await runProgram("pg_restore", [`--dbname=${url}`, join(stage.dir, COPY)]);
  await ask(url, `UPDATE ${schema}.counter SET last = last + 4294967296`);
  return [];
}

function placeOf(stage: Stage): { readonly url: string; readonly schema: string } {
  const url = new URL(stage.store.env["TIELINE_STORAGE"] ?? "");
  const schema = url.searchParams.get("schema") ?? "";
  url.searchParams.delete("schema");
  return { url: url.href, schema };
}
