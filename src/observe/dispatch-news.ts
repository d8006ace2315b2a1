import type { HubError } from "../errors.ts";
import type { Counters } from "./counter.ts";
import type { Logger } from "./logger.ts";

/** Tells what a dispatcher says of itself, in the log and as a metric. */
export function dispatchNews(logger: Logger, counters: Counters) {
  const count = (event: string): void => counters.add("dispatch", { event }, 1);
  return {
    lost({ code, message, cure }: HubError): void {
      count("lost");
      logger.warn({ code, text: message, cure }, "wake-ups are lost; work goes on by polling");
    },
    back(): void {
      count("back");
      logger.warn("wake-ups arrive again");
    },
    deaf(): void {
      count("deaf");
      logger.warn("the worker heard no wake-up though it was connected; it was opened anew");
    },
  };
}
