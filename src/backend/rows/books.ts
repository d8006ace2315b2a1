import type { FlowBooks, RouteBooks } from "../../store/queries.ts";

/** Of a route (0: the flow as a whole) and outcome. */
export interface TallySum {
  route: number;
  outcome: string;
  before: number;
  within: number;
}

/**
 * Tally rows of route 0 are about the flow as a whole ("accepted", "refused"); a route's own "in", where there is one,
 * counts from the day the route was added.
 */
export function booksOf(
  sums: readonly TallySum[],
  routes: readonly { readonly id: number; readonly to: string }[],
): FlowBooks {
  const find = (route: number, outcome: string): TallySum | undefined =>
    sums.find((one) => one.route === route && one.outcome === outcome);
  return {
    accepted: find(0, "accepted")?.within ?? 0,
    duplicate: find(0, "duplicate")?.within ?? 0,
    refused: find(0, "refused")?.within ?? 0,
    routes: routes.map(({ id, to: target }) =>
      balance(
        target,
        find(id, "in") ?? find(0, "accepted"),
        sums.filter((one) => one.route === id && ends(one.outcome)),
      ),
    ),
  };
}

function ends(outcome: string): boolean {
  return outcome !== "in" && outcome !== "waiting";
}

function balance(to: string, entered: TallySum | undefined, ended: readonly TallySum[]): RouteBooks {
  const opening = (entered?.before ?? 0) - sum(ended.map((one) => one.before));
  const entering = entered?.within ?? 0;
  const outcomes = Object.fromEntries(
    ended.filter((one) => one.within !== 0).map((one) => [one.outcome, one.within]),
  );
  return {
    to,
    opening,
    in: entering,
    outcomes,
    closing: opening + entering - sum(ended.map((one) => one.within)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
