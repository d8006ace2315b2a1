import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, type HubProcess, startHubProcess } from "./hub-process.ts";
import type { Stage } from "./stage.ts";

/** Another hub on the store of a stage, with a data folder and a port of its own. */
export interface OtherHub {
  /** The one at work now. */
  hub(): HubProcess;
  /** Another takes the place of the one that has ended. */
  restart(): Promise<void>;
  /** Ends it without mercy. */
  close(): Promise<void>;
}

/** @param more what it is told besides */
export async function openOther(
  { dir, env, store }: Stage,
  more: Readonly<Record<string, string>> = {},
): Promise<OtherHub> {
  const data = await mkdtemp(join(tmpdir(), "tieline-other-"));
  const place = { dir, data, port: await freePort(), env: { ...env, ...store.env, ...more } };
  let hub = await startHubProcess(place);
  return {
    hub: () => hub,
    async restart() {
      hub = await startHubProcess(place);
    },
    async close() {
      if (hub.alive()) await hub.kill();
      await rm(data, { recursive: true, force: true });
    },
  };
}
