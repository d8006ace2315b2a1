import type { Receipt } from "../control/engine.ts";
import { asHubError, type HubError, type Issue } from "../errors.ts";
import { countEnds, countReceipts, countRows } from "./count.ts";
import type { Counters } from "./counter.ts";
import { describeError, describeIssue } from "./describe.ts";
import type { Logger } from "./logger.ts";

interface Named {
  readonly name: string;
}

interface Versioned extends Named {
  readonly hash: string;
}

type Settled = Parameters<typeof countEnds>[2];

/** Tells what happens in the engine, in the log and as metrics. */
export function engineNews(logger: Logger, counters: Counters) {
  let workFailed: HubError["code"] | null = null;
  return {
    /** Nothing can be worked on. Each poll fails as long as the store is away: that is news once. */
    workFailed(thrown: unknown): void {
      const error = asHubError(thrown);
      if (error.code !== workFailed) logger.error(describeError(error), "nothing can be worked on now");
      workFailed = error.code;
    },
    works(): void {
      if (workFailed !== null) logger.warn({ after: workFailed }, "work goes on");
      workFailed = null;
    },
    shadowed(one: {
      readonly flow: string;
      readonly mapping: string;
      readonly result: string;
      readonly difference: { readonly version: string; readonly pointer: string } | null;
    }): void {
      const { flow, mapping, result, difference } = one;
      counters.add("mapping_shadow", { flow, result }, 1);
      if (difference === null) return;
      const { version, pointer } = difference;
      logger.error(
        { flow, mapping, version: version.slice(0, 12), pointer },
        "the mapping's result is not the reference's",
      );
    },
    deployed(flow: Versioned, before: Versioned | undefined): void {
      logger.info(
        { flow: flow.name, version: flow.hash.slice(0, 12), before: before?.hash.slice(0, 12) },
        "flow in force",
      );
    },
    broken(flow: string, issues: readonly Issue[]): void {
      logger.error(
        { flow, issues: issues.map(describeIssue) },
        "flow has problems; the version before goes on",
      );
    },
    tried: (target: string, seconds: number): void => counters.observe("delivery", { target }, seconds),
    attempted(flow: string, route: string, event: string, code: string | null): void {
      counters.add("attempts", { target: route, outcome: code ?? "sent" }, 1);
      if (event === "sent") counters.add("delivered", { flow, target: route }, 1);
      else logger.warn({ flow, route, event, code }, "delivery did not go through");
    },
    transformed(
      { name: flow }: Named,
      result: Settled & { readonly mapping: readonly number[]; readonly ages: readonly number[] },
    ): void {
      countEnds(counters, flow, result);
      counters.observeAll("mapping", { flow }, result.mapping);
      counters.observeAll("end_to_end", { flow }, result.ages);
    },
    mapperGone(error: unknown): void {
      logger.error(
        describeError(error),
        "the thread that mapped messages ended; the engine maps them itself",
      );
    },
    transformFailed: (flow: Named, error: unknown): void =>
      logger.error({ flow: flow.name, ...describeError(error) }, "the flow cannot be worked on now"),
    rowsSettled(flow: Named, result: Settled): void {
      countEnds(counters, flow.name, result);
      countRows(counters, flow.name, result);
    },
    fileProblem: (flow: Named, error: HubError): void =>
      logger.error({ flow: flow.name, code: error.code, place: error.place }, error.message),
    fileFinished: (
      file: Named & { readonly state: string; readonly rows: number; readonly books: object },
    ): void =>
      logger.info(
        { file: file.name, state: file.state, rows: file.rows, books: file.books },
        "file finished",
      ),
    collected: (flow: Named, receipts: readonly Receipt[]): void =>
      countReceipts(counters, flow.name, receipts),
    sourceFailed: (flow: Named, source: string, error: unknown): void =>
      logger.warn({ flow: flow.name, source, ...describeError(error) }, "the source cannot be read now"),
    slotFailed: (flow: Named, error: unknown): void =>
      logger.error({ flow: flow.name, code: asHubError(error).code }, "the scheduled run failed"),
    slotEnded: (flow: Named, result: string): void => counters.add("slots", { flow: flow.name, result }, 1),
    alertFailed: (what: string, error: unknown): void =>
      logger.warn({ what, ...describeError(error) }, "nobody could be told"),
    sweepFailed: (error: unknown): void =>
      logger.warn(describeError(error), "what is old could not be forgotten now"),
    lookFailed: (error: unknown): void =>
      logger.error({ code: asHubError(error).code }, asHubError(error).message),
    leaseFailed: (error: unknown): void =>
      logger.error({ code: asHubError(error).code }, "the lease could not be renewed"),
  };
}
