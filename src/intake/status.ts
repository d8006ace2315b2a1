import type { HubLimits } from "../config/hub-settings.ts";
import type { EngineStatus, SourceStatus } from "../control/engine.ts";
import type { Issue } from "../errors.ts";
import type { LiveFlow } from "../flow/live-flow.ts";
import type { FlowRegistry } from "../flow/registry.ts";
import type { Counters } from "../observe/counter.ts";
import type { FlowRow } from "../store/flow-table.ts";
import type { Store } from "../store/store.ts";

export interface StatusEnvironment {
  readonly store: Store;
  readonly flows: FlowRegistry;
  readonly now: () => number;
  /** Milliseconds of a clock that nobody sets. */
  readonly clock: () => number;
  readonly paused: (flow: number) => { readonly accepting: boolean; readonly running: boolean };
  readonly problems: (name: string) => readonly Issue[];
  readonly route: (
    route: number,
  ) => { readonly stopped: string | null; readonly waitingUntil: number | null } | undefined;
  readonly nextSlot: (flow: LiveFlow) => number | null;
  readonly source: (flow: LiveFlow) => SourceStatus | null;
  readonly held: () => Pick<EngineStatus, "lanes" | "duty">;
  readonly free: () => Promise<number>;
  readonly limits: HubLimits;
  readonly counters: Counters;
}

/** How much longer the store is left alone than it was asked; and at most so long, in milliseconds. */
const REST = 20;
const LONGEST_REST = 5_000;
/** How long a report waits for the store, which may be locked by somebody; milliseconds. */
const PATIENCE = 1_000;

interface StoredStatus {
  readonly rows: readonly FlowRow[];
  /** Open messages by flow. */
  readonly messages: ReadonlyMap<number, number>;
  /** Open deliveries by route. */
  readonly deliveries: ReadonlyMap<number, number>;
}

export interface StatusReader {
  read(): Promise<Omit<EngineStatus, "stopping">>;
  /** What was read is no longer so: who asks next is told of what somebody has just changed. */
  forget(): void;
}

/** Reads the present state of the engine for the front. */
export function statusReader(env: StatusEnvironment): StatusReader {
  let known: StoredStatus | null = null;
  let reading: Promise<StoredStatus> | null = null;
  let nextRead = Number.NEGATIVE_INFINITY;

  /**
   * What is stored; while the store does not answer, or takes its time, what it was: the engine is alive all the same.
   */
  async function read(): Promise<StoredStatus> {
    if (known !== null && env.clock() < nextRead) return known;
    reading ??= readStored();
    if (known === null) return reading;
    const before = known;
    return Promise.race([
      reading.catch(() => before),
      new Promise<StoredStatus>((resolve) => setTimeout(resolve, PATIENCE, before).unref()),
    ]);
  }

  function readStored(): Promise<StoredStatus> {
    let took = 0;
    const asked: Promise<StoredStatus> = env.store
      .transaction(async (tx) => {
        const started = env.clock();
        const found = {
          rows: await tx.flows.all(),
          messages: new Map((await tx.messages.open()).map((row) => [row.flow, row.n])),
          deliveries: new Map((await tx.deliveries.open()).map((row) => [row.route, row.n])),
        };
        took = env.clock() - started;
        return found;
      })
      .then((found) => {
        if (reading !== asked) return found;
        known = found;
        // Counting a large backlog takes its time, which is the engine's.
        nextRead = env.clock() + Math.min(REST * took, LONGEST_REST);
        return found;
      })
      .finally(() => {
        if (reading === asked) reading = null;
      });
    return asked;
  }

  async function report(): Promise<Omit<EngineStatus, "stopping">> {
    const { rows, messages, deliveries } = await read();
    const diskFree = await env.free();
    let backlog = 0;
    for (const n of [...messages.values(), ...deliveries.values()]) backlog += n;
    return {
      at: env.now(),
      diskFree,
      diskLow: diskFree < env.limits.diskLow,
      backlog,
      backlogFull: backlog >= env.limits.backlog,
      ...env.held(),
      flows: rows.map((row) => flowStatus(row)),
      counters: { ...env.counters.values },
    };

    function flowStatus(row: FlowRow): EngineStatus["flows"][number] {
      const live = env.flows.current(row.id);
      const routes = (live?.routes ?? []).map((route) => {
        const state = env.route(route.id);
        return {
          to: route.to,
          stopped: state?.stopped ?? null,
          waitingUntil: state?.waitingUntil ?? null,
          open: deliveries.get(route.id) ?? 0,
          ...(route.definition.collect === undefined ? {} : { collects: true as const }),
        };
      });
      const waiting = routes.reduce((sum, route) => sum + route.open, 0);
      return {
        id: row.id,
        name: row.name,
        version: row.version,
        hash: row.hash,
        ...env.paused(row.id),
        problem: row.problem,
        problems: env.problems(row.name),
        open: (messages.get(row.id) ?? 0) + waiting,
        routes,
        nextSlot: live === undefined ? null : env.nextSlot(live),
        source: live === undefined ? null : env.source(live),
      };
    }
  }

  return {
    read: report,
    forget() {
      nextRead = Number.NEGATIVE_INFINITY;
      reading = null;
    },
  };
}
