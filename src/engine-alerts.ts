import type { Alerts, AlertsEnvironment } from "./alert/alerts.ts";
import type { ChannelTest } from "./control/engine.ts";
import { every } from "./intake/every.ts";

const LOOK_MS = 15_000;

/** Has the engine look at itself by its rules, again and again. What judges is loaded when there is time. */
export function engineAlerts(env: AlertsEnvironment): {
  /** Tells every channel that this is a test. */
  test(): Promise<readonly ChannelTest[]>;
  stop(): Promise<void>;
} {
  let opening: Promise<Alerts> | null = null;
  const alerts = (): Promise<Alerts> => {
    opening ??= import("./alert/alerts.ts").then(({ openAlerts }) => openAlerts(env));
    return opening;
  };
  const watching = every(
    LOOK_MS,
    async () => (await alerts()).look(),
    (error) => env.failed("the rules", error),
  );
  return {
    test: async () => (await alerts()).test(),
    async stop() {
      watching.stop();
      await (await opening)?.close();
    },
  };
}
