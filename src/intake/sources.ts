import type { SourceStatus } from "../control/engine.ts";
import type { LiveFlow } from "../flow/live-flow.ts";
import { listeners } from "./listeners.ts";
import { pulls } from "./pulls.ts";
import type { SourcesEnvironment } from "./source-environment.ts";

/** The sources that the hub asks or listens to. */
export interface Sources {
  /** Does what is due; to be called about once a second. */
  tick(): Promise<void>;
  /** Reads or connects now; gives the records of the first batch. Undefined: the flow has no such source. */
  begin(flow: LiveFlow): Promise<number> | undefined;
  /** Null: the flow has no such source. */
  status(flow: LiveFlow): SourceStatus | null;
  /** A person moved the cursor of the flow's source. */
  moved(flow: LiveFlow): Promise<void>;
  close(): Promise<void>;
}

export function sources(env: SourcesEnvironment): Sources {
  const asked = pulls(env);
  const heard = listeners(env);
  return {
    async tick() {
      heard.tick();
      await asked.tick();
    },
    begin: (flow) => asked.begin(flow) ?? (heard.hurry(flow) ? Promise.resolve(0) : undefined),
    status: (flow) => asked.status(flow) ?? heard.status(flow),
    async moved(flow) {
      heard.moved(flow);
      await asked.moved(flow);
    },
    async close() {
      await Promise.all([asked.close(), heard.close()]);
    },
  };
}
