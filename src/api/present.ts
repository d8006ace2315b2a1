import type { SourceStatus } from "../control/engine.ts";
import { ERRORS, type Failure } from "../errors.ts";
import { messageId } from "../message/id.ts";
import type { MessageSummary, Page, Paged } from "../store/queries.ts";

/** Milliseconds since 1970 as RFC 3339 in UTC; null stays null. */
export function time(at: number): string;
export function time(at: number | null): string | null;
export function time(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** A stored failure with the catalogue's words. */
export function presentFailure(failure: Failure | null) {
  if (failure === null) return null;
  const entry = ERRORS[failure.code] as { readonly title: string; readonly cure: string } | undefined;
  return { ...failure, title: entry?.title ?? failure.code, cure: failure.cure ?? entry?.cure ?? "" };
}

export function presentSource(source: SourceStatus | null) {
  if (source === null) return null;
  const { movedAt, nextAt, failure } = source;
  return { ...source, movedAt: time(movedAt), nextAt: time(nextAt), failure: presentFailure(failure) };
}

export function presentMessage(message: MessageSummary) {
  return {
    id: messageId(message.place),
    flow: message.flow,
    key: message.key,
    state: message.state,
    acceptedAt: time(message.acceptedAt),
    finishedAt: time(message.finishedAt),
    attempts: message.attempts,
    replay: message.replay,
    file: message.file,
    row: message.fileRow,
    outcomes: message.outcomes,
    failure: presentFailure(message.failure),
  };
}

export function presentPage<From, To>(page: Paged<From>, present: (item: From) => To) {
  return { items: page.items.map(present), next: page.next };
}

export function pageFrom(query: {
  readonly cursor?: number | undefined;
  readonly limit?: number | undefined;
}): Page {
  return { before: query.cursor ?? null, limit: query.limit ?? 50 };
}
