import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Books, booksOf, drained, recordsOf } from "./books.ts";
import { type CsvSample, csvSamples } from "./csv-samples.ts";
import { drop } from "./drop.ts";
import { type Check, check, type Fault } from "./fault.ts";
import { postTo } from "./producer.ts";
import { customersFlow, EVENT_HOOK, eventsFlow } from "./project.ts";
import { setStage } from "./stage.ts";
import { until } from "./wait.ts";

/** By the first letter of the file: how its flow reads. */
const FORMATS: Readonly<Record<string, string>> = {
  u: 'csv: { delimiter: ";" }',
  l: 'csv: { delimiter: ";", encoding: windows-1252 }',
  b: 'csv: { delimiter: ";", encoding: windows-1257 }',
  t: 'csv: { delimiter: "\\t" }',
  c: 'csv: { delimiter: ";", columns: [id, version, name, email] }',
};

/** F31: CSV files as they come: encodings, line ends, quotes that are never closed, rows of every wrong length. */
export const csvCorpus: Fault = {
  id: "F31",
  title: "bad rows, encodings and headers in CSV files",
  tries: "I4",
  async run({ backend, note }) {
    const letters = Object.entries(FORMATS);
    const stage = await setStage(backend, {
      files: Object.fromEntries(
        letters.map(([letter]) => [letter, `{ inbox: INBOX, pattern: "${letter}-*.csv", stable: 0 }`]),
      ),
      webhooks: { events: EVENT_HOOK },
      flows: {
        ...Object.fromEntries(
          letters.map(([letter, format]) => [letter, customersFlow({ read: letter, format })]),
        ),
        events: eventsFlow(),
      },
    });
    const hub = await stage.start();
    const samples = csvSamples();
    for (const { name, content } of samples) await drop(stage, `${name}.csv`, content);
    const books = () => Promise.all(letters.map(([letter]) => booksOf(stage.store, letter)));
    const files = async () => (await books()).flatMap((one) => one.files);
    await until(async () => (await files()).length >= samples.length, 120_000);
    const drainMs = await drained(stage.store, 240_000);
    const answer = await postTo(hub.url, "events", JSON.stringify({ id: "e-1", customer: "e", n: 1 }), {
      "x-event": "e-1",
    });
    const alive = hub.alive() && answer?.status === 202;
    await hub.stop();

    const ends = await books();
    const taken = ends.flatMap((one) => one.files);
    const rejected = ends
      .flatMap(({ messages }) => messages)
      .filter(({ outcomes }) => outcomes["crm.customer"] === "rejected");
    const customers = await recordsOf(stage.store, 0);
    const names = new Map(
      customers.map(({ externalId, body }) => [
        externalId,
        (body as { name?: { full?: string } }).name?.full,
      ]),
    );
    const checks: Check[] = samples.map((sample) => checkSample(sample, taken, rejected, stage.inbox));
    const applied = samples.reduce((sum, sample) => sum + (sample.applied ?? 0), 0);
    const rows = samples.reduce((sum, sample) => sum + inOf(sample), 0);
    const ended = taken
      .flatMap(({ books }) => Object.values(books["crm.customer"] ?? {}))
      .reduce((sum, n) => sum + n, 0);
    const effects = ends.reduce(
      (sum, { tallies }) => sum + (tallies.get("crm.customer")?.["applied"] ?? 0),
      0,
    );
    checks.push(
      check(
        "umlauts and the like arrive right",
        names.get("l-1") === "René" &&
          names.get("l-2") === "€uro" &&
          names.get("b-1") === "Jānis" &&
          names.get("b-2") === "Šarūnas",
        [names.get("l-1"), names.get("l-2"), names.get("b-1"), names.get("b-2")].join(" "),
      ),
      check(
        "a cell with line ends and quotes arrives whole",
        names.get("cl-1") === "A\nd\na" && names.get("cl-3") === 'C "y"; z',
      ),
      check("the hub is alive and takes webhooks", alive),
    );
    note(`${samples.length} files, ${taken.length} taken, ${customers.length} customers`);
    await stage.remove();
    const repeats = samples.reduce(
      (sum, sample) => sum + (sample.other?.["stale"] ?? 0) + (sample.other?.["unchanged"] ?? 0),
      0,
    );
    return {
      table: {
        acked: rows,
        appliedOnce: applied + repeats,
        parked: rejected.length,
        duplicateRequests: 0,
        duplicateEffects: effects - applied,
        orderViolations: 0,
        lost: rows - ended,
        drainMs,
      },
      checks,
    };
  },
};

/** Rows that go in; of a file that is refused whole none does. */
function inOf({ applied = 0, other = {}, rejectedLines = [] }: CsvSample): number {
  return applied + rejectedLines.length + Object.values(other).reduce((sum, n) => sum + n, 0);
}

type Entry = Books["files"][number];
type Message = Books["messages"][number];

function checkSample(
  sample: CsvSample,
  taken: readonly Entry[],
  rejected: readonly Message[],
  inbox: string,
): Check {
  const file = taken.find(({ name }) => name === `${sample.name}.csv`);
  if (file === undefined) return check(sample.name, false, "was not taken");
  const { code, place } = file.failure ?? {};
  if (sample.refused !== undefined) {
    const right =
      file.state === "rejected" &&
      code === sample.refused.code &&
      (sample.refused.line === undefined || place?.line === sample.refused.line);
    return check(`${sample.name}: refused whole`, right, `${file.state} ${code} line ${place?.line}`);
  }
  const own = rejected.filter((message) => message.file === file.id);
  const lines = own.map(({ line }) => line).join();
  const wanted = {
    ...(sample.applied ? { applied: sample.applied } : {}),
    ...sample.other,
    ...(own.length > 0 ? { rejected: own.length } : {}),
  };
  const report = existsSync(join(inbox, "rejected", `${sample.name}.csv`)) || own.length === 0;
  const ended =
    sample.stopped === undefined
      ? file.state === "done"
      : file.state === "stopped" && code === sample.stopped.code && place?.line === sample.stopped.line;
  const right =
    ended &&
    same(file.books["crm.customer"] ?? {}, wanted) &&
    lines === (sample.rejectedLines ?? []).join() &&
    file.rows === inOf(sample) &&
    own.every(({ failure }) => sample.rowCode === undefined || failure?.code === sample.rowCode);
  const found = `${file.state} ${code ?? ""} ${JSON.stringify(file.books["crm.customer"] ?? {})} rejected lines ${lines || "none"} ${own[0]?.failure?.code ?? ""}`;
  return check(sample.name, right && report, found);
}

function same(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean {
  const text = (one: Readonly<Record<string, number>>): string => JSON.stringify(Object.entries(one).sort());
  return text(a) === text(b);
}
