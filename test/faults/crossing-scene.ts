import { total, underWay } from "./books.ts";
import type { Crossing, LineKind } from "./crossing.ts";
import { crossingBooks, flowName, judgeCrossing, toldNotes } from "./crossing-judge.ts";
import { type Check, check, type FaultRun, type Verdict } from "./fault.ts";
import { flowStates } from "./flow-states.ts";
import type { HubProcess } from "./hub-process.ts";
import { CUSTOMERS } from "./line-scene.ts";
import type { Happening } from "./producer.ts";
import { EVENT_HOOK, eventsFlow, type FlowFiles } from "./project.ts";
import { type Stage, type StartOptions, setStage } from "./stage.ts";
import { until } from "./wait.ts";
import { watchHealth } from "./watch-hub.ts";

/** How long it may take until all that was put has arrived; milliseconds. */
const PATIENCE = 240_000;

/** A hub that reads notes from a peer, and carries them to the CRM and, where that is written to, back to the peer. */
export interface CrossingScene {
  readonly run: FaultRun;
  readonly kind: LineKind;
  readonly crossing: Crossing;
  readonly stage: Stage;
  hub(): HubProcess;
  /** Another hub takes the place of the one that has died. */
  restart(options?: StartOptions): Promise<void>;
  /** The producer gives so many further notes of each of four customers to the peer. */
  put(each: number): Promise<void>;
  /** What the next note of a customer will be called. */
  next(customer: string): string;
  /**
   * Resolves when all that was put has taken effect or is parked, and the hub listens to the peer again where it does; with
   * the milliseconds it took.
   */
  carried(): Promise<number>;
  /** Notes that the CRM does not know yet. */
  missing(): Promise<number>;
}

type Act = (scene: CrossingScene) => Promise<readonly Check[]>;

interface Playing {
  /** Whether the target knows a note when it comes again; default true. */
  readonly idempotent?: boolean;
  /** The hub dies in it, so its health is not watched. */
  readonly deadly?: true;
}

/** Plays `act` on a hub at work, lets it drain, and joins the ledgers of producer, hub and target. */
export async function across(
  run: FaultRun,
  kind: LineKind,
  act: Act,
  { idempotent = true, deadly }: Playing = {},
): Promise<Verdict> {
  const crossing = await kind.open(run, idempotent);
  try {
    return await playOn({ run, kind, crossing, act, isWatched: deadly !== true });
  } finally {
    await crossing.close();
  }
}

interface Play extends Pick<CrossingScene, "run" | "kind" | "crossing"> {
  readonly act: Act;
  readonly isWatched: boolean;
}

async function playOn({ run, kind, crossing, act, isWatched }: Play): Promise<Verdict> {
  const stage = await setStage(run.backend, projectOf(crossing), crossing.env);
  const notes: Happening[] = [];
  let n = 0;
  let hub = await stage.start();
  let over = false;
  const health = isWatched ? watchHealth(hub.url, PATIENCE * 3, () => over) : null;
  const missing = async (): Promise<number> => {
    const known = new Set(await toldNotes(stage.store, crossing));
    return notes.filter(({ id }) => !known.has(id)).length;
  };
  const carried = async (): Promise<number> => {
    const began = performance.now();
    const isThere = async (): Promise<boolean> =>
      (await missing()) === 0 && (await underWay(stage.store)) === 0 && (await isListening(hub));
    let done = false;
    await until(async () => {
      done = await isThere();
      return done;
    }, PATIENCE);
    if (!done)
      throw new Error(`${await missing()} of ${notes.length} notes have not arrived: ${await sayState(hub)}`);
    return performance.now() - began;
  };
  try {
    await carried();
    const checks = await act({
      ...{ run, kind, crossing, stage, carried, missing },
      hub: () => hub,
      async restart(options) {
        hub = await stage.start(options);
      },
      async put(each) {
        const more: Happening[] = [];
        for (let left = each; left > 0; left -= 1) {
          n += 1;
          for (const customer of CUSTOMERS) more.push({ id: `${customer}-${n}`, customer, n });
        }
        notes.push(...more);
        await crossing.from.put(more);
      },
      next: (customer) => `${customer}-${n + 1}`,
    });
    const drainMs = await carried();
    over = true;
    const watched = await health;
    await until(async () => (await crossing.from.left()) === 0, 20_000);
    if (isWatched) await until(async () => (await ownChecks(stage, crossing)).every(({ ok }) => ok), 10_000);
    const code = await hub.stop();
    const left = await crossing.from.left();
    const table = await judgeCrossing(stage.store, crossing, notes, drainMs);
    return {
      table,
      checks: [
        ...checks,
        check("I1: the peer keeps nothing for the hub any more", left === 0, left),
        ...(await booksAddUp(stage, crossing, notes.length)),
        ...(watched === null
          ? []
          : [
              check("I5: /livez answers 200 all the while", watched.bad === 0, watched.ill.join(", ")),
              ...(await ownChecks(stage, crossing)),
            ]),
        check("the hub stops with exit code 0 afterwards", code === 0, code ?? ""),
      ],
    };
  } finally {
    over = true;
    await hub.kill();
    await health;
    await stage.remove();
  }
}

/** In = applied + parked, on each route. */
async function booksAddUp(stage: Stage, crossing: Crossing, notes: number): Promise<readonly Check[]> {
  if (crossing.from.stages === true) return [];
  const [books] = await crossingBooks(stage.store, crossing);
  const routes = ["crm.interaction", ...(crossing.to === null ? [] : ["to.out"])];
  const ended = routes.map((route) => (books === undefined ? 0 : total(books, route)));
  return [
    check(
      "I4: the books tell of each note once on each route",
      ended.every((count) => count === notes),
      `${notes} in, ${ended.join(" and ")} ended`,
    ),
  ];
}

async function ownChecks(stage: Stage, crossing: Crossing): Promise<readonly Check[]> {
  const [books] = await crossingBooks(stage.store, crossing);
  return books === undefined ? [] : (crossing.from.checks?.(books) ?? []);
}

/** Whether all connections stand that are listened to. */
async function isListening(hub: HubProcess): Promise<boolean> {
  const flows = await flowStates(hub);
  return flows.every(({ source }) => source?.kind !== "listen" || source.state === "connected");
}

/** What holds the hub up, in its own words. */
async function sayState(hub: HubProcess): Promise<string> {
  const flows = await flowStates(hub);
  return JSON.stringify(flows.map((flow) => ({ ...flow, description: undefined, problems: undefined })));
}

function projectOf(crossing: Crossing): Parameters<typeof setStage>[1] {
  const { connector, from, to } = crossing;
  const flows = Object.fromEntries(
    from.reads.map((read, n): [string, FlowFiles] => [flowName(n), flowOf(crossing, read)]),
  );
  return {
    // Those who have nothing to do with the peer.
    webhooks: { events: EVENT_HOOK },
    systems: {
      from: { connector, settings: from.settings },
      ...(to === null ? {} : { to: { connector, settings: to.settings } }),
    },
    flows: { others: eventsFlow(), ...flows },
  };
}

const MAP = `{ "id": id, "kind": "note", "subject": customer, "text": $string(n) }`;

function flowOf({ from, to }: Crossing, read: string): FlowFiles {
  const { format = "json", order = "key: customer\ncarries: change", map = MAP } = from.flow ?? {};
  return {
    yaml: `apiVersion: tieline/v1
description: Notes that a peer gives, for the CRM and for those who read there
source: { system: from, read: ${read}, format: ${format} }
${order}
map: map.jsonata
emits: schemas/canonical/interaction.schema.json
routes:
  - to: crm.interaction
${to === null ? "" : "  - to: to.out\n    onPark: skip\n"}`,
    map,
  };
}
