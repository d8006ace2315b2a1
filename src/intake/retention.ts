import { rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { RetentionSettings } from "../config/hub-settings.ts";
import type { Kept } from "../message/kept.ts";
import { DUTY, leasesOf } from "../store/lane-table.ts";
import type { OldFile, RetentionTable, Walk } from "../store/retention-table.ts";
import type { Store, Tx } from "../store/store.ts";

/** Messages looked at in one transaction: few, since what else is to be committed waits for it. */
const AT_ONCE = 100;
/** So many times as long as a step held the store, with its commit, others have it: a sweep takes a tenth at most. */
const REST = 9;
/** From the end of one sweep to the begin of the next. */
export const SWEEP_MS = 3_600_000;

export interface RetentionEnvironment {
  readonly store: Store;
  readonly settings: RetentionSettings;
  /** The data folder, which archived files lie in. */
  readonly data: string;
  readonly now: () => number;
  readonly clock: () => number;
  readonly forgotten: (kind: Kept, n: number) => void;
}

/** Forgets what was finished long ago, in small steps, where this process has the duty. */
export interface Retention {
  /** Sweeps when it is time to. */
  tick(): Promise<void>;
  /** Resolves when no step is under way, and none follows. */
  close(): Promise<void>;
}

/** Thrown within a sweep to end it early. */
class SweepEnded extends Error {}

export function retention(env: RetentionEnvironment): Retention {
  const { store, settings } = env;
  let closed = false;
  let sweeping: Promise<void> = Promise.resolve();

  const hasDuty = (): boolean => store.seat.held().lease(DUTY) !== undefined;

  /** One short transaction, then time for others. */
  async function step<Result>(work: (table: RetentionTable, tx: Tx) => Promise<Result>): Promise<Result> {
    if (closed || !hasDuty()) throw new SweepEnded();
    let began = 0;
    const result = await store.transaction(async (tx) => {
      began = env.clock();
      // Who replays a message holds the lanes of all: what is old here is old still when it goes.
      await tx.lanes.own(leasesOf(store.seat.held(), [DUTY]));
      return work(tx.retention, tx);
    }, "waits");
    await pause(REST * (env.clock() - began));
    return result;
  }

  function told(kind: Kept, n: number): void {
    if (n > 0) env.forgotten(kind, n);
  }

  async function walk(
    before: number,
    look: (at: Walk) => Promise<{ readonly next: number | null }>,
  ): Promise<void> {
    let after: number | null = 0;
    while (after !== null) after = (await look({ after, before })).next;
  }

  async function forgetMessages(): Promise<void> {
    const flows = await step((_, tx) => tx.flows.all());
    for (const { id, name } of flows) {
      const before = bound(Object.hasOwn(settings.flows, name) ? settings.flows[name] : settings.messages);
      if (before === null) continue;
      await walk(before, async (at) => {
        const done = await step((table) => table.messages(id, at, env.now(), AT_ONCE));
        told("messages", done.forgotten);
        return done;
      });
    }
  }

  async function forgetFiles(): Promise<void> {
    const before = bound(settings.files);
    if (before === null) return;
    await walk(before, async (at) => {
      const found = await step((table) => table.files(at, AT_ONCE));
      // Their bytes first: a crash in between leaves a line, which is found again, and no bytes that nobody knows of.
      for (const file of found.old) await removeBytes(env.data, file);
      const ids = found.old.map(({ id }) => id);
      if (ids.length > 0) await step((table) => table.forgetFiles(ids, env.now()));
      told("files", ids.length);
      return found;
    });
  }

  async function forgetBundles(): Promise<void> {
    const before = bound(settings.bundles);
    for (let more = before !== null; more && before !== null; ) {
      const done = await step((table) => table.bundles(before, env.now(), AT_ONCE));
      told("bundles", done.forgotten);
      more = done.more;
    }
  }

  async function forgetAlerts(): Promise<void> {
    const before = bound(settings.alerts);
    for (let more = before !== null; more && before !== null; ) {
      const n = await step((table) => table.alerts(before, env.now(), AT_ONCE));
      told("alerts", n);
      more = n === AT_ONCE;
    }
  }

  function bound(rule: number | null | undefined): number | null {
    return rule === null || rule === undefined ? null : env.now() - rule;
  }

  async function sweep(): Promise<void> {
    const last = await step((table) => table.lastSweep());
    const since = env.now() - (last ?? 0);
    // A clock that was set back does not put it off.
    if (since >= 0 && since < SWEEP_MS) return;
    await forgetMessages();
    await forgetFiles();
    await forgetBundles();
    await forgetAlerts();
    await step((table) => table.swept(env.now()));
  }

  return {
    async tick() {
      if (closed || !hasDuty()) return;
      sweeping = sweep().catch((error: unknown) => {
        if (!(error instanceof SweepEnded)) throw error;
      });
      await sweeping;
    },
    async close() {
      closed = true;
      await sweeping.catch(() => undefined);
    },
  };
}

/** The copy, its text, and the folder of its day when it is empty. */
async function removeBytes(data: string, { archive, text }: OldFile): Promise<void> {
  for (const path of new Set([archive, text])) await rm(join(data, path), { force: true });
  await rmdir(join(data, dirname(archive))).catch(() => undefined);
}
