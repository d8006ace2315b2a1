import type { LedgerEntry } from "../fakes/ledger.ts";
import type { StorePlace } from "./backend.ts";
import { type Books, booksOf, recordsOf } from "./books.ts";
import type { FaultTable } from "./fault.ts";
import type { Posted } from "./producer.ts";

/**
 * Joins the sender's ledger, the hub's books on the flow `events`, and the target's ledger.
 * @param tell called with each effect that came after a later one
 */
export async function judgeEvents(
  store: StorePlace,
  acked: readonly Posted[],
  target: readonly LedgerEntry[] | null,
  drainMs: number,
  tell: (text: string) => void = () => undefined,
): Promise<FaultTable> {
  const books = await booksOf(store, "events");
  const notes = await recordsOf(store, 1);
  const known = new Set(notes.map((note) => note.externalId));
  const byEvent = grouped(books.messages, (message) => message.event ?? "");
  const byMessage = grouped(books.deliveries, (delivery) => delivery.message);
  const effects = target?.filter((entry) => entry.effect) ?? [];
  const applied = new Set(effects.map((entry) => entry.id));
  let appliedOnce = 0;
  let parked = 0;
  let lost = 0;
  for (const one of acked) {
    const [row, ...others] = byEvent.get(one.id) ?? [];
    const sent = row === undefined ? [] : (byMessage.get(row.place) ?? []);
    // A sender who was told a number must find his own message under it.
    if (row === undefined || others.length > 0 || one.message !== `m-${row.place}`) lost += 1;
    else if (isAtRest(row.state) || sent.some(({ state }) => isAtRest(state))) parked += 1;
    else if (row.state !== "done" || !known.has(one.id)) lost += 1;
    else if (target === null || applied.has(`m-${row.place}.desk.notes`)) appliedOnce += 1;
    else lost += 1;
  }
  const requests = target ?? [];
  return {
    acked: acked.length,
    appliedOnce,
    parked,
    duplicateRequests:
      target === null
        ? acked.filter(({ duplicate }) => duplicate).length
        : requests.length - new Set(requests.map((entry) => entry.id)).size,
    duplicateEffects: crmDuplicates(books) + (effects.length - applied.size),
    orderViolations:
      disorder(
        notes.map((note) => note.externalId),
        tell,
      ) + targetDisorder(effects, tell),
    lost,
    drainMs,
  };
}

/**
 * The books are written in the transaction of the effect, so a message that went down the path twice counts twice; a
 * second row for one event is a second effect as well.
 */
function crmDuplicates(books: Books): number {
  const ends = Object.values(books.tallies.get("crm.interaction") ?? {}).reduce((sum, n) => sum + n, 0);
  const ended = books.messages.filter(({ state }) => state === "done" || state === "parked").length;
  const events = new Set(books.messages.map((message) => message.event)).size;
  return Math.abs(ends - ended) + (books.messages.length - events);
}

/** How often a number comes after a higher one of the same customer: an event is called `<customer>-<number>`. */
function disorder(events: readonly string[], tell: (text: string) => void): number {
  const steps = events.map((id): Step => {
    const dash = id.lastIndexOf("-");
    return { key: id.slice(0, dash), n: Number(id.slice(dash + 1)), text: id };
  });
  return falls(steps, (text) => tell(`out of order in the CRM: ${text}`));
}

function targetDisorder(effects: readonly LedgerEntry[], tell: (text: string) => void): number {
  const steps = effects.map(
    ({ key, sequence, id, time }): Step => ({
      key,
      n: sequence,
      text: `${key}: ${id}, sequence ${sequence}, at ${time}`,
    }),
  );
  return falls(steps, (text) => tell(`out of order at the target: ${text}`));
}

interface Step {
  readonly key: string;
  readonly n: number;
  readonly text: string;
}

function falls(steps: readonly Step[], tell: (text: string) => void): number {
  const last = new Map<string, Step>();
  let wrong = 0;
  for (const step of steps) {
    const before = last.get(step.key);
    if (before !== undefined && step.n < before.n) {
      wrong += 1;
      tell(`${before.text} came before ${step.text}`);
    }
    last.set(step.key, step);
  }
  return wrong;
}

function grouped<Member, Key>(members: readonly Member[], by: (member: Member) => Key): Map<Key, Member[]> {
  const groups = new Map<Key, Member[]>();
  for (const member of members) {
    const group = groups.get(by(member));
    if (group === undefined) groups.set(by(member), [member]);
    else group.push(member);
  }
  return groups;
}

/** Parked, or held behind one that is: both wait for a person, and the dashboard shows both. */
function isAtRest(state: string): boolean {
  return state === "parked" || state === "held";
}
