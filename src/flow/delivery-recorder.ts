import { setTimeout as pause } from "node:timers/promises";
import { HubError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import { type Claimed, leasesOf, type Tried, unchanged, writeTried } from "./attempt-end.ts";
import type { BlockedKeys } from "./blocked-keys.ts";
import type { Fence } from "./fence.ts";
import type { LiveFlow, LiveRoute } from "./live-flow.ts";

interface RecorderEnvironment {
  readonly store: Store;
  readonly now: () => number;
  readonly blocked: BlockedKeys;
  readonly fence: Fence;
  readonly flow: () => LiveFlow | undefined;
  /** How many are at the target now. */
  readonly coming: () => number;
  /** The hub stops: what cannot be written now is not tried again. */
  readonly closing: AbortSignal;
}

/** How long what has ended waits for others that are about to, so that they share a commit; milliseconds. */
const GATHER_MS = 5;
/** Between attempts to write what happened while the store does not answer; milliseconds. */
const STORE_PAUSE = 500;

interface Entry extends Tried {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Writes what became of attempts; those that begin or end while a commit is under way share the next one. */
export interface DeliveryRecorder {
  /** Commits that an attempt begins, for targets that are not idempotent. */
  begin(attempt: Omit<Tried, "ending">): Promise<void>;
  /** @throws HubError TL_LANE_LOST when it is another process's by now: that one sends it again, by the same id */
  end(attempt: Tried): Promise<void>;
  /** Puts deliveries aside that stand behind a blocked key, as long as it is. */
  hold(behind: readonly Claimed[]): Promise<void>;
}

export function deliveryRecorder(route: LiveRoute, env: RecorderEnvironment): DeliveryRecorder {
  let pending: Entry[] = [];
  let asked = false;
  let apart = false;
  let turn: Promise<unknown> = Promise.resolve();

  /** What blocks keys and what goes by it: one after the other, so that each knows what the one before has committed. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const ran = turn.then(work);
    turn = ran.catch(() => undefined);
    return ran;
  }

  function ask(): void {
    if (asked) return;
    asked = true;
    void inTurn(async () => {
      // Nobody's place waits for the commit, except of those that are to begin by it.
      if (env.coming() > 0 && !pending.some(({ ending }) => ending.kind === "begun")) await pause(GATHER_MS);
      asked = false;
      await write();
    });
  }

  async function write(): Promise<void> {
    // Where one has lost its lane the others are written without it.
    const batch = pending.splice(0, apart ? 1 : pending.length);
    apart &&= pending.length > 0;
    try {
      const effects = await env.store.transaction((tx) => writeTried(tx, route, batch, env));
      for (const effect of effects) {
        if (effect.blocks) env.blocked.add(route.id, effect.key, effect.by);
        else env.blocked.remove(route.id, effect.key);
      }
      for (const entry of batch) entry.resolve();
    } catch (error) {
      if (isLost(error) && batch.length > 1) {
        apart = true;
        pending = [...batch, ...pending];
      } else if (!(await mayPass(error))) for (const entry of batch) entry.reject(error);
      else pending = [...batch, ...pending];
    }
    if (pending.length > 0) ask();
  }

  /** What was sent was sent: it is written as soon as the store answers again, and not sent twice for that. */
  async function mayPass(error: unknown): Promise<boolean> {
    if (!(error instanceof HubError) || error.code !== "TL_STORE_FAILED") return false;
    return pause(STORE_PAUSE, true, { signal: env.closing }).catch(() => false);
  }

  function add(tried: Tried): Promise<void> {
    return new Promise((resolve, reject) => {
      pending.push({ ...tried, resolve, reject });
      ask();
    });
  }

  return {
    begin: (attempt) => add({ ...attempt, ending: { kind: "begun" } }),
    end: add,
    hold: (behind) =>
      inTurn(() =>
        env.store.transaction(async (tx) => {
          await env.fence.leases(tx, leasesOf(behind));
          // Since they were read the way may have been cleared: then nothing would let them go again.
          const still = behind.filter(({ delivery }) => env.blocked.isBehind(route.id, delivery));
          await tx.deliveries.change(
            still.map(({ delivery }) => ({ ...unchanged(delivery), state: "held", at: env.now() })),
          );
        }),
      ),
  };
}

function isLost(error: unknown): boolean {
  return error instanceof HubError && error.code === "TL_LANE_LOST";
}
