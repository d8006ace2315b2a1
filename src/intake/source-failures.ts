import { type Failure, type HubError, toFailure } from "../errors.ts";
import type { LiveFlow } from "../flow/live-flow.ts";
import type { SourcesEnvironment } from "./source-environment.ts";
import { sourcePause } from "./source-pause.ts";

/** What a source lacked the last times it was read. */
export interface SourceFailures {
  /** The last one, until it is read again. */
  last(): Failure | null;
  /** Gives when it is to be tried again, by the clock; tells of it unless that is known. */
  failed(flow: LiveFlow, error: HubError): number;
  passed(): void;
}

/** @param name of the source, for those who are told */
export function sourceFailures(
  env: Pick<SourcesEnvironment, "clock" | "random" | "failed">,
  name: string,
): SourceFailures {
  let inARow = 0;
  let last: Failure | null = null;
  return {
    last: () => last,
    failed(flow, error) {
      const isNews = last?.code !== error.code;
      inARow += 1;
      last = toFailure(error);
      if (isNews && error.code !== "TL_STOPPING") env.failed(flow, name, error);
      return env.clock() + sourcePause(error, inARow, env.random());
    },
    passed() {
      inARow = 0;
      last = null;
    },
  };
}
