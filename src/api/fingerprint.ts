import { createHash } from "node:crypto";
import type { Failure } from "../errors.ts";
import type { MessageFilter, MessageSummary, Page, Paged, Queries } from "../store/queries.ts";

/**
 * Names the cause of a failure: alike for all messages of a flow that failed for one reason, whatever their ids and
 * numbers are. What differs from record to record is left out: numbers, what is quoted, lines of data files.
 */
export function fingerprintOf(flow: string, failure: Failure): string {
  const { code, message, place } = failure;
  const words = message.replace(/"[^"]*"/g, '"…"').replace(/\d+/g, "#");
  const mapping = place?.file?.endsWith(".jsonata") === true ? `${place.file}:${place.line}` : "";
  const field = (place?.field ?? "").replace(/\d+/g, "#");
  return createHash("sha256")
    .update([flow, code, words, mapping, field].join("\n"))
    .digest("hex")
    .slice(0, 12);
}

/** Pages that are read for one, when few of their messages have the fingerprint. */
const MOST_ROUNDS = 20;

/** A page of the messages that failed for one reason. It may be short; only `next` null says that nothing follows. */
export async function messagesOf(
  queries: Pick<Queries, "messages">,
  filter: MessageFilter,
  fingerprint: string,
  page: Page,
): Promise<Paged<MessageSummary>> {
  const items: MessageSummary[] = [];
  let next = page.before;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const found = await queries.messages(filter, { before: next, limit: page.limit - items.length });
    items.push(
      ...found.items.filter(
        ({ flow, failure }) => failure !== null && fingerprintOf(flow, failure) === fingerprint,
      ),
    );
    next = found.next;
    if (next === null || items.length >= page.limit) break;
  }
  return { items, next };
}
