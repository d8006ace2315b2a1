import { heldLanes, type Lease, type Renewal } from "../store/lane-table.ts";
import type { Store } from "../store/store.ts";
import { every } from "./every.ts";

/** How often the lease is renewed: often enough that a few failures do not end it, and that others soon get a share. */
const BEAT_MS = 2_000;

export interface LaneKeeperEnvironment {
  readonly store: Store;
  /** Others have paused, blocked or let go something. */
  readonly told: (told: number) => Promise<void>;
  /** Called before any work on lanes that others had begins. */
  readonly gained: (lanes: ReturnType<typeof heldLanes>) => Promise<void>;
  /** Called when it may begin. */
  readonly begin: () => void;
  /** Resolves when nothing is under way on these lanes. */
  readonly idle: (lanes: ReadonlySet<number>) => Promise<void>;
  readonly failed: (error: unknown) => void;
}

/** Renews this process's lease, takes up lanes that have become its own, and gives up those that others are to have. */
export function laneKeeper(env: LaneKeeperEnvironment): { stop(): void } {
  const { seat } = env.store;
  let parting: Promise<void> | null = null;

  async function beat(): Promise<void> {
    const renewal = await seat.renew();
    await env.told(renewal.told);
    await takeUp(renewal);
    if (renewal.leaving.length === 0 || parting !== null) return;
    parting = giveUp(renewal.leaving)
      .catch(env.failed)
      .finally(() => {
        parting = null;
      });
  }

  async function takeUp({ gained }: Renewal): Promise<void> {
    if (gained.length === 0) return;
    await env.gained(heldLanes(gained));
    seat.take(gained);
    env.begin();
  }

  async function giveUp(leaving: readonly Lease[]): Promise<void> {
    await env.idle(new Set(leaving.map(({ lane }) => lane)));
    await seat.leave(leaving);
  }

  return every(BEAT_MS, beat, env.failed);
}
