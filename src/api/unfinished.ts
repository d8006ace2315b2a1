import type { Queries } from "../store/queries.ts";

/** Messages, at most 10,000 of each are counted. */
export interface Unfinished {
  /** As `/messages` lists them by `state=open`. */
  readonly queued: number;
  /** As it lists them by `state=parked`. */
  readonly parked: number;
}

const NONE: Unfinished = { queued: 0, parked: 0 };

/** What is not done of a flow (`to` null) or of one of its routes; nothing of a flow that the store does not know. */
export async function readUnfinished(
  queries: Pick<Queries, "unfinished">,
): Promise<(flow: string, to: string | null) => Unfinished> {
  const found = new Map(
    (await queries.unfinished()).map(({ flow, to, open, parked }) => [
      nameOf(flow, to),
      { queued: open, parked },
    ]),
  );
  return (flow, to) => found.get(nameOf(flow, to)) ?? NONE;
}

function nameOf(flow: string, to: string | null): string {
  return JSON.stringify([flow, to]);
}
