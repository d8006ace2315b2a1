import { type Books, booksOf, drained } from "./books.ts";
import { type Check, check, type FaultRun, type FaultTable, type Verdict } from "./fault.ts";
import type { HubProcess } from "./hub-process.ts";
import { type Happening, post } from "./producer.ts";
import { EVENT_HOOK } from "./project.ts";
import { type Stage, setStage } from "./stage.ts";

/** A system behind a connector that is no HTTP target: what the hub is told of it, and what it wrote down. */
export interface Line {
  /** Of the system `line`, as in tieline.yaml. */
  readonly connector: string;
  readonly settings: object;
  /** Default `out`. */
  readonly sink?: string;
  /** Secrets that the settings name. */
  readonly env?: Readonly<Record<string, string>>;
  /** JSONata: the message for the sink, from `{ id, customer, n }`. */
  readonly map: string;
  /** Events that took effect there so far, in order; one that came again and changed nothing too. */
  requests(): readonly string[];
  /** Whether the second arrival of an event changes nothing there. */
  readonly idempotent: boolean;
}

/** A hub at work on the line. */
export interface LineScene {
  readonly stage: Stage;
  hub(): HubProcess;
  /** Posts so many further happenings of each of four customers; resolves when all are acknowledged. */
  send(each: number): Promise<void>;
  books(): Promise<Books>;
  /** Resolves when nothing is under way. */
  drained(): Promise<void>;
}

export const CUSTOMERS = ["c1", "c2", "c3", "c4"];

/** Plays `act` on a hub that sends notes down a line, lets it drain, and joins the ledgers of sender, hub and system. */
export async function onLine(
  run: FaultRun,
  line: Line,
  act: (scene: LineScene) => Promise<(books: Books) => readonly Check[]>,
): Promise<Verdict> {
  const project = {
    webhooks: { events: EVENT_HOOK },
    systems: { line: { connector: line.connector, settings: line.settings } },
    flows: { events: { yaml: flowTo(line.sink ?? "out"), map: line.map } },
  };
  const stage = await setStage(run.backend, project, line.env);
  const acked: Happening[] = [];
  let n = 0;
  const hub = await stage.start();
  try {
    const judge = await act({
      stage,
      hub: () => hub,
      async send(each) {
        for (let left = each; left > 0; left -= 1) {
          n += 1;
          const events = CUSTOMERS.map((customer) => ({ id: `${customer}-${n}`, customer, n }));
          for (const event of events) {
            while ((await post(hub.url, event)) === null);
            acked.push(event);
          }
        }
      },
      books: () => booksOf(stage.store, "events"),
      drained: async () => void (await drained(stage.store)),
    });
    const drainMs = await drained(stage.store);
    const books = await booksOf(stage.store, "events");
    const code = await hub.stop();
    return {
      table: judgeLine(books, acked, line, drainMs),
      checks: [...judge(books), check("the hub stops with exit code 0 afterwards", code === 0, code ?? "")],
    };
  } finally {
    await hub.kill();
    await stage.remove();
  }
}

const flowTo = (sink: string): string => `apiVersion: tieline/v1
description: Notes down a line, in order per customer
source: { system: shop, read: events, format: json }
key: customer
carries: change
map: map.jsonata
routes:
  - to: line.${sink}
    onPark: skip
`;

/** The codes with which deliveries were parked, each once. */
export function parkedWith(books: Books): string {
  const parked = books.deliveries.filter(({ state }) => state === "parked");
  return [...new Set(parked.map(({ failure }) => failure?.code ?? "none"))].join(", ");
}

function judgeLine(books: Books, acked: readonly Happening[], line: Line, drainMs: number): FaultTable {
  const requests = line.requests();
  const first = [...new Set(requests)];
  const reached = new Set(first);
  const stateOf = new Map(books.deliveries.map(({ message, state }) => [message, state]));
  const placeOf = new Map(books.messages.map(({ event, place }) => [event, place]));
  const states = acked.map(({ id }) => ({ id, state: stateOf.get(placeOf.get(id) ?? 0) }));
  const parked = states.filter(({ state }) => state === "parked" || state === "held");
  const applied = states.filter(({ id, state }) => state === "done" && reached.has(id));
  const again = requests.length - first.length;
  return {
    acked: acked.length,
    appliedOnce: applied.length,
    parked: parked.length,
    duplicateRequests: again,
    duplicateEffects: line.idempotent ? 0 : again,
    orderViolations: CUSTOMERS.reduce((sum, customer) => sum + falls(first, customer), 0),
    lost: acked.length - applied.length - parked.length,
    drainMs,
  };
}

/** How often a number of a customer comes after a higher one. */
export function falls(events: readonly string[], customer: string): number {
  const numbers = events.filter((id) => id.startsWith(`${customer}-`)).map((id) => Number(id.split("-")[1]));
  return numbers.filter((n, at) => at > 0 && n < (numbers[at - 1] ?? 0)).length;
}
