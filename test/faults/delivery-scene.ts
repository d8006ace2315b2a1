import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Mode } from "../fakes/http-target.ts";
import type { LedgerEntry } from "../fakes/ledger.ts";
import type { Backend, StorePlace } from "./backend.ts";
import { type Books, booksOf } from "./books.ts";
import type { FaultTable, Verdict } from "./fault.ts";
import type { HubProcess } from "./hub-process.ts";
import { judgeEvents } from "./judge.ts";
import { type Posted, post } from "./producer.ts";
import { EVENT_HOOK, eventsFlow } from "./project.ts";
import { setStage } from "./stage.ts";
import { startTargetProcess } from "./target-process.ts";

/** As many customers as the sender of a route has deliveries under way at once. */
export const AT_ONCE = ["c1", "c2", "c3", "c4"];
/** For how long a target holds its answers while the hub is killed; milliseconds. */
export const HOLD_MS = 1000;
const KILL_AFTER_MS = 500;

/** Hubs that die, one after the other on one store, before a target that does not. */
export interface DeliveryScene {
  readonly store: StorePlace;
  /** @param failpoint where it is to die; then it is not waited for */
  start(failpoint?: string): Promise<HubProcess>;
  /** Posts one happening of each customer, until each is acknowledged or the hub is dead. */
  send(hub: HubProcess, customers: readonly string[]): Promise<void>;
  requests(): readonly LedgerEntry[];
  books(): Promise<Books>;
  judge(drainMs: number): Promise<FaultTable>;
  close(): Promise<void>;
}

/**
 * @param mode by what the target tells a repetition; with `none` the sink is declared `idempotent: false`
 * @param delay milliseconds for which the target holds its answer
 */
export async function deliveryScene(backend: Backend, mode: Mode, delay: number): Promise<DeliveryScene> {
  const folder = await mkdtemp(join(tmpdir(), "tieline-target-"));
  const target = await startTargetProcess(folder, mode, delay);
  const stage = await setStage(backend, {
    webhooks: { events: EVENT_HOOK },
    target: { url: target.url, idempotent: mode !== "none" },
    flows: { events: eventsFlow({ target: true }) },
  });
  const acked: Posted[] = [];
  const numbers = new Map<string, number>();
  return {
    store: stage.store,
    start: (failpoint) => stage.start({ failpoint }),
    async send(hub, customers) {
      for (const customer of customers) {
        const n = (numbers.get(customer) ?? 0) + 1;
        let posted: Posted | null = null;
        while (posted === null && hub.alive())
          posted = await post(hub.url, { id: `${customer}-${n}`, customer, n });
        if (posted === null) return;
        acked.push(posted);
        numbers.set(customer, n);
      }
    },
    requests: () => target.requests(),
    books: () => booksOf(stage.store, "events"),
    judge: (drainMs) => judgeEvents(stage.store, acked, target.requests(), drainMs),
    async close() {
      await target.close();
      await stage.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A scene whose first hub was killed while it waited for the answers to deliveries of all it has under way at once. */
export async function killedInDelivery(backend: Backend, mode: Mode): Promise<DeliveryScene> {
  const scene = await deliveryScene(backend, mode, HOLD_MS);
  const first = await scene.start();
  await scene.send(first, AT_ONCE);
  await scene.send(first, AT_ONCE);
  await pause(KILL_AFTER_MS);
  await first.kill();
  return scene;
}

function sumTables(tables: readonly FaultTable[]): FaultTable {
  const sum = (column: keyof FaultTable): number => tables.reduce((total, table) => total + table[column], 0);
  return {
    acked: sum("acked"),
    appliedOnce: sum("appliedOnce"),
    parked: sum("parked"),
    duplicateRequests: sum("duplicateRequests"),
    duplicateEffects: sum("duplicateEffects"),
    orderViolations: sum("orderViolations"),
    lost: sum("lost"),
    drainMs: Math.max(...tables.map(({ drainMs }) => drainMs)),
  };
}

/** How often each delivery was requested. */
export function perId(requests: readonly LedgerEntry[]): ReadonlyMap<string, readonly LedgerEntry[]> {
  const groups = new Map<string, LedgerEntry[]>();
  for (const request of requests) groups.set(request.id, [...(groups.get(request.id) ?? []), request]);
  return groups;
}

/** Joins what several scenes of one fault showed. */
export function joinVerdicts(verdicts: readonly Verdict[]): Verdict {
  return {
    table: sumTables(verdicts.map(({ table }) => table)),
    checks: verdicts.flatMap(({ checks }) => checks),
  };
}
