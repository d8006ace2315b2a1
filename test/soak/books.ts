import { shopCustomer } from "../bench/customer.ts";
import type { Target } from "../fakes/http-target.ts";
import { type Check, check } from "../faults/fault.ts";
import type { Rows } from "./files.ts";
import type { Ledger } from "./ledger.ts";
import { TARGET } from "./project.ts";
import type { Reader } from "./storage.ts";

const AT_ONCE = 50_000;
const CRM = "crm.customer";
/** Less is not finished, more is. */
const PARKED = 4;

/** Joins what the senders know, what the hub has stored, and what the target saw. All must agree (I1, I2, I3, I4, I8). */
export async function judgeBooks(
  reader: Reader,
  ledger: Ledger,
  rows: Rows,
  target: Target,
): Promise<readonly Check[]> {
  const flows = await reader.all<{ id: number; name: string }>("SELECT id, name FROM flow");
  const flow = (name: string): number => flows.find((one) => one.name === name)?.id ?? 0;
  const stored = await storedMessages(reader, flow("customers"), ledger);
  const customers = await customersBehind(reader, ledger);
  const tallies = await talliesOf(reader);
  const crm = tallies.get(`${flow("customers")} ${CRM}`) ?? {};
  const files = tallies.get(`${flow("files")} ${CRM}`) ?? {};
  return [
    check("nothing acknowledged is lost", stored.lost === 0, `${stored.lost} of ${stored.acked} messages`),
    check("nothing was stored that nobody posted", stored.unknown === 0, stored.unknown),
    check("all are done or parked", stored.open === 0, `${stored.open} are not`),
    check("what is parked is what was bad", stored.parked === ledger.counts.bad, `${stored.parked} parked`),
    check(
      "each customer is as acknowledged last",
      customers.behind === 0 && customers.missing === 0,
      `${customers.behind} behind, ${customers.missing} missing of ${customers.known}`,
    ),
    check("messages = outcomes", sum(crm) === stored.all, `${stored.all} = ${said(crm)}`),
    check(
      `rows of ${rows.files} files = outcomes`,
      sum(files) === rows.rows && files["rejected"] === rows.rejected,
      `${rows.rows} = ${said(files)}`,
    ),
    ...(await judgeTarget(reader, target)),
  ];
}

interface Stored {
  acked: number;
  all: number;
  lost: number;
  unknown: number;
  open: number;
  parked: number;
}

/** Goes through the places that were acknowledged and those that are stored, side by side. */
async function storedMessages(reader: Reader, flow: number, ledger: Ledger): Promise<Stored> {
  const places = ledger.places();
  const found: Stored = { acked: places.length, all: 0, lost: 0, unknown: 0, open: 0, parked: 0 };
  const messages = inOrder<{ id: number; state: number }>(
    reader,
    "place AS id, state",
    `message WHERE flow = ${flow}`,
  );
  let at = 0;
  for await (const { id, state } of messages) {
    for (; (places[at] ?? Number.POSITIVE_INFINITY) < id; at++) found.lost += 1;
    if (places[at] === id) at += 1;
    else found.unknown += 1;
    found.all += 1;
    if (state < PARKED) found.open += 1;
    if (state === PARKED) found.parked += 1;
  }
  found.lost += places.length - at;
  return found;
}

/** Customers of the shop that are not there, or older than the newest revision that was acknowledged. */
async function customersBehind(reader: Reader, ledger: Ledger) {
  const found = { known: 0, behind: 0, missing: 0 };
  const records = inOrder<{ id: number; name: string; version: string }>(
    reader,
    "id, external_id AS name, version",
    "source_record WHERE entity = 0 AND system = 'shop'",
  );
  for await (const { name, version } of records) {
    const customer = Number(name.slice("K".length));
    found.known += 1;
    // One database keeps the version as it was, the other as JSON.
    const revision = Number(String(version).replaceAll('"', "")) - Number(shopCustomer(customer).changedAt);
    if (revision !== ledger.acked(customer)) found.behind += 1;
  }
  let expected = 0;
  for (let customer = 1; customer <= ledger.customers(); customer++)
    if (ledger.acked(customer) >= 0) expected += 1;
  found.missing = expected - found.known;
  return found;
}

async function talliesOf(reader: Reader): Promise<ReadonlyMap<string, Record<string, number>>> {
  const rows = await reader.all<{ flow: number; target: string | null; outcome: string; n: number }>(
    `SELECT t.flow, r.target, t.outcome, sum(t.n) AS n FROM tally t LEFT JOIN route r ON r.id = t.route
     GROUP BY t.flow, r.target, t.outcome`,
  );
  const tallies = new Map<string, Record<string, number>>();
  for (const { flow, target, outcome, n } of rows) {
    const name = `${flow} ${target ?? ""}`;
    tallies.set(name, { ...tallies.get(name), [outcome]: n });
  }
  return tallies;
}

/** The target's ledger: one effect of each delivery that is done, and none out of order. */
async function judgeTarget(reader: Reader, target: Target): Promise<readonly Check[]> {
  const effects = target.requests.filter(({ effect }) => effect);
  const ids = new Set(effects.map(({ id }) => id));
  const done = await reader.all<{ message: number; outcome: string; state: number }>(
    "SELECT message, outcome, state FROM delivery",
  );
  const applied = done.filter(({ outcome }) => outcome === "applied");
  const without = applied.filter(({ message }) => !ids.has(`m-${message}.${TARGET}`)).length;
  let falls = 0;
  const last = new Map<string, number>();
  for (const { key, sequence } of effects) {
    if (sequence < (last.get(key) ?? 0)) falls += 1;
    last.set(key, sequence);
  }
  return [
    check("each delivery reached the target", without === 0, `${without} of ${applied.length} did not`),
    check(
      "each once",
      effects.length === ids.size,
      `${target.requests.length} requests, ${ids.size} effects`,
    ),
    check("in order", falls === 0, `${falls} times not`),
  ];
}

/** Reads a large table piece by piece. @param columns with `id`, which rises */
async function* inOrder<Row extends { readonly id: number }>(
  reader: Reader,
  columns: string,
  table: string,
): AsyncGenerator<Row> {
  const by = columns.split(/[ ,]/)[0];
  for (let from = 0; ; ) {
    const rows = await reader.all<Row>(
      `SELECT ${columns} FROM ${table} AND ${by} > ${from} ORDER BY ${by} LIMIT ${AT_ONCE}`,
    );
    yield* rows;
    if (rows.length < AT_ONCE) return;
    from = rows.at(-1)?.id ?? from;
  }
}

function sum(outcomes: Readonly<Record<string, number>>): number {
  return Object.values(outcomes).reduce((total, n) => total + n, 0);
}

function said(outcomes: Readonly<Record<string, number>>): string {
  return Object.entries(outcomes)
    .map(([outcome, n]) => `${n} ${outcome}`)
    .join(" + ");
}
