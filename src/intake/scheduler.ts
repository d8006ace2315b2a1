import cron from "node-cron";
import { asHubError } from "../errors.ts";
import type { LiveFlow } from "../flow/live-flow.ts";
import type { FlowRegistry } from "../flow/registry.ts";
import { DUTY } from "../store/lane-table.ts";
import type { Store } from "../store/store.ts";
import { slotAfter, takeDueSlots, takeInterruptedSlots } from "./schedule.ts";

export interface SchedulerEnvironment {
  readonly store: Store;
  readonly flows: FlowRegistry;
  readonly now: () => number;
  /** Runs one slot of a flow; what it resolves with is written to the slot. */
  readonly run: (flow: LiveFlow) => Promise<string>;
  /** Runs a flow that a person asked another process for. */
  readonly runAsked: (flow: LiveFlow) => Promise<unknown>;
  readonly failed: (flow: LiveFlow, error: unknown) => void;
  /** Called when a slot has its end in the store. */
  readonly ended: (flow: LiveFlow, state: "done" | "failed") => void;
}

export interface Scheduler {
  /** Looks for due slots and runs them; safe to call at any time and any number of times. */
  tick(): Promise<void>;
  next(flow: LiveFlow): number | null;
  stop(): Promise<void>;
}

/**
 * Runs flows at their slots. node-cron is only the ticker: which slots exist and who runs them is decided by croner and
 * the slot table, so a tick that is dropped or comes twice does no harm.
 */
export function scheduler(env: SchedulerEnvironment): Scheduler {
  let ticking: Promise<void> | null = null;
  /** Flows whose slots that an earlier hub left behind were looked for. */
  const taken = new Set<number>();

  async function tick(): Promise<void> {
    if (env.store.seat.held().lease(DUTY) === undefined) {
      // Who has the duty meanwhile may leave slots behind too.
      taken.clear();
      return;
    }
    await runAsked();
    for (const flow of env.flows.all()) {
      if (flow.definition.schedule === null) continue;
      try {
        if (!taken.has(flow.id)) {
          const left = await takeInterruptedSlots(env.store, flow, env.now());
          taken.add(flow.id);
          for (const slot of left) await runSlot(flow, slot.at);
        }
        for (const slot of await takeDueSlots(env.store, flow, flow.deployedAt, env.now()))
          await runSlot(flow, slot.at);
      } catch (error) {
        // While the store does not answer, as others say, what is due stays so.
        if (asHubError(error).fault !== "hub") env.failed(flow, error);
      }
    }
  }

  async function runAsked(): Promise<void> {
    for (const id of await env.store.transaction((tx) => tx.slots.takeAsked()).catch(() => [])) {
      const flow = env.flows.current(id);
      if (flow !== undefined) await env.runAsked(flow).catch((error) => env.failed(flow, error));
    }
  }

  async function runSlot(flow: LiveFlow, at: number): Promise<void> {
    try {
      const detail = await env.run(flow);
      await env.store.transaction((tx) => tx.slots.finish(flow.id, at, "done", env.now(), detail));
      env.ended(flow, "done");
    } catch (error) {
      await env.store.transaction((tx) => tx.slots.finish(flow.id, at, "failed", env.now(), "see the log"));
      env.ended(flow, "failed");
      env.failed(flow, error);
    }
  }

  const guarded = (): Promise<void> => {
    ticking ??= tick().finally(() => {
      ticking = null;
    });
    return ticking;
  };
  const task = cron.schedule("* * * * * *", () => guarded(), {
    suppressMissedWarning: true,
    noOverlap: true,
  });
  return {
    tick: guarded,
    next: (flow) =>
      flow.definition.schedule === null ? null : slotAfter(flow.definition.schedule, env.now()),
    async stop() {
      await task.stop();
      await ticking;
    },
  };
}
