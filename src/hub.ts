import type { HubStart, RunningHub } from "./cli/ports.ts";
import { startThread } from "./engine-host.ts";
import { enableLinearRegex } from "./mapping/regex-guard.ts";
import { LOG_LEVELS, type LogLevel } from "./observe/logger.ts";
import type { ProjectPlace } from "./thread.ts";

/**
 * Starts a hub: the front (HTTP, reads) on this thread, the engine on its own. Little is imported here, so that the engine
 * begins before the front's code is loaded.
 * @throws HubError when the project, the data folder or the address cannot be used
 */
export async function startHub(options: HubStart): Promise<RunningHub> {
  enableLinearRegex();
  const place: ProjectPlace = {
    dir: options.dir,
    startedAt: Date.now(),
    ...(options.data === undefined ? {} : { data: options.data }),
    ...(options.listen === undefined ? {} : { listen: options.listen }),
  };
  const logLevel = logLevelOf(process.env["TIELINE_LOG"]);
  // First of all, since it has most to do; both threads load their code and read the project at the same time.
  const thread = startThread(place, logLevel, options.role, options.print, options.stop);
  try {
    const { openFront } = await import("./hub-front.ts");
    return await openFront(options, place, logLevel, thread);
  } catch (error) {
    await thread.ready.catch(() => undefined);
    await thread.stop();
    throw error;
  }
}

function logLevelOf(text: string | undefined): LogLevel {
  return LOG_LEVELS.find((level) => level === text) ?? "warn";
}
