import { WITHOUT_EFFECT } from "../message/outcome.ts";
import type { MessageFilter, MessageSummary, Page, Paged, Queries } from "../store/queries.ts";

/** Pages that are read for one, when few of their messages ended so. */
const MOST_ROUNDS = 20;
const ENDS: ReadonlySet<string> = new Set(WITHOUT_EFFECT);

/** Lists only messages that ended without effect on one route at least. A page may be short, as ever. */
export function withoutEffect(queries: Pick<Queries, "messages">): Pick<Queries, "messages"> {
  return {
    async messages(filter: MessageFilter, { before, limit }: Page): Promise<Paged<MessageSummary>> {
      const items: MessageSummary[] = [];
      let next = before;
      for (let round = 0; round < MOST_ROUNDS; round++) {
        const found = await queries.messages(filter, { before: next, limit: limit - items.length });
        items.push(
          ...found.items.filter(({ outcomes }) => Object.values(outcomes).some((one) => ENDS.has(one))),
        );
        next = found.next;
        if (next === null || items.length >= limit) break;
      }
      return { items, next };
    },
  };
}
