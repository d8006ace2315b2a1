import type { AlertSettings } from "../config/hub-settings.ts";
import type { ChannelTest, EngineStatus } from "../control/engine.ts";
import { DUTY } from "../store/lane-table.ts";
import type { Queries } from "../store/queries.ts";
import { beat } from "./heartbeat.ts";
import { lookAt } from "./look.ts";
import { alertTeller, type TellEnvironment } from "./tell.ts";
import { alertWatch } from "./watch.ts";

export interface AlertsEnvironment extends Omit<TellEnvironment, "channels" | "failed"> {
  readonly settings: AlertSettings;
  readonly status: () => Promise<EngineStatus>;
  /** The read port, opened when the first look is taken. */
  readonly queries: () => Promise<Queries>;
  readonly failed: (what: string, error: unknown) => void;
}

export interface Alerts {
  /** Looks, judges, tells and calls the watcher, where this process has the duty; safe at any time. */
  look(): Promise<void>;
  test(): Promise<readonly ChannelTest[]>;
  close(): Promise<void>;
}

/** Watches the hubs of a store by its rules: whoever has the duty does, so that each alert is told once. */
export function openAlerts(env: AlertsEnvironment): Alerts {
  const { rules, tell: channels, heartbeat } = env.settings;
  const watch = alertWatch(env.store, rules);
  const tell = alertTeller({ ...env, channels, failed: (to, error) => env.failed(`alerts to ${to}`, error) });
  let queries: Queries | null = null;
  let nextBeat = 0;

  async function call(): Promise<void> {
    if (heartbeat === null || env.now() < nextBeat) return;
    nextBeat = env.now() + heartbeat.every;
    await beat(heartbeat.url).catch((error) => env.failed("the heartbeat", error));
  }

  return {
    async look() {
      if (env.store.seat.held().lease(DUTY) === undefined) return;
      queries ??= await env.queries();
      await watch(await lookAt(queries, await env.status(), env.now()));
      await tell.settle();
      // Last, so that a hub that cannot look is silent too.
      await call();
    },
    test: () => tell.test(),
    async close() {
      await queries?.close();
    },
  };
}
