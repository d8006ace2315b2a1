import { join } from "node:path";
import type { Backend, StorePlace } from "./backend.ts";
import { freePort, type HubProcess, startHubProcess } from "./hub-process.ts";
import { type FaultProject, type FaultProjectOptions, makeProject } from "./project.ts";

/** What a fault plays on: a project, a place for the store of its hub, and hubs on it, one after the other. */
export interface Stage extends FaultProject {
  readonly data: string;
  readonly store: StorePlace;
  readonly port: number;
  /** Starts a hub, always on the same port. */
  start(options?: StartOptions): Promise<HubProcess>;
}

export interface StartOptions {
  /** Where it is to die, `<name>:exit:<n-th time>`; then it is not waited for. */
  readonly failpoint?: string | undefined;
  /** Do not wait until it accepts. */
  readonly doomed?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** @param env what every hub on it is told besides its store */
export async function setStage(
  backend: Backend,
  options: FaultProjectOptions,
  env: Readonly<Record<string, string>> = {},
): Promise<Stage> {
  const project = await makeProject(options);
  const data = join(project.dir, "data");
  const store = await backend.place(data);
  const port = await freePort();
  return {
    ...project,
    data,
    store,
    port,
    start: ({ failpoint, doomed = failpoint !== undefined, env: more } = {}) =>
      startHubProcess({
        ...{ dir: project.dir, port, data, doomed },
        env: {
          ...project.env,
          ...store.env,
          ...env,
          ...more,
          ...(failpoint === undefined ? {} : { TIELINE_FAILPOINT: failpoint }),
        },
      }),
    async remove() {
      await store.remove();
      await project.remove();
    },
  };
}
