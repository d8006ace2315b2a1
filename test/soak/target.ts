import { setTimeout as pause } from "node:timers/promises";
import { startTarget, type Target } from "../fakes/http-target.ts";

const AWAY_MS = 3_000;
const STUMBLES = 3;

/** A target that is away for three seconds now and then, and fails on a few requests when it is back. */
export interface MoodyTarget extends Target {
  /** Is from now on as a target should be. */
  calm(): Promise<void>;
}

/** @param every milliseconds from one absence to the next */
export async function startMoodyTarget(every: number): Promise<MoodyTarget> {
  const target = await startTarget({ mode: "dedupe", keyField: "id" });
  const stop = new AbortController();
  const rest = (milliseconds: number): Promise<void> =>
    pause(milliseconds, undefined, { signal: stop.signal }).catch(() => undefined);
  const absences = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await rest(every);
      target.always({ status: 503 });
      await rest(AWAY_MS);
      target.answer(...Array.from({ length: STUMBLES }, () => ({ status: 500 })));
      target.always({});
    }
  };
  const moods = absences();
  return {
    ...target,
    async calm() {
      stop.abort();
      await moods;
    },
  };
}
