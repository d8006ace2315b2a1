import { ERRORS, type Failure } from "../errors.ts";
import { deliveryId, messageId } from "../message/id.ts";
import { pluralUpTo } from "../message/units.ts";
import { type DeliveryDetail, type MessageDetail, MOST_EARLIER_TRIES } from "../store/queries.ts";

/** One line of a message's history. */
export interface TimelineEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly step: string;
  /** Which route it is about; null: the message as a whole. */
  readonly route: string | null;
  readonly detail: string | null;
}

/**
 * The whole history of a message in the order it happened: its acceptance, what the trail tells, the deliveries with
 * their newest tries, and last what it waits for. Made from what is stored; nothing in it but answers of targets may quote the
 * payload.
 */
export function timeline(message: MessageDetail): readonly TimelineEntry[] {
  const entries = [
    accepted(message),
    ...message.trail.map(({ at, step, detail }) => ({ at, step, route: null, detail })),
    ...message.deliveries.flatMap((delivery) => deliverySteps(message, delivery)),
    ...present(message),
  ];
  // Sorting is stable: what happened in one millisecond stays in the order it was told.
  return entries.sort((a, b) => a.at - b.at);
}

function accepted(message: MessageDetail): TimelineEntry {
  const origin =
    message.cause !== null
      ? `published by ${messageId(message.cause)}`
      : message.slice === null
        ? `from ${message.system}`
        : `from ${message.system}, ${message.fileName ?? `file ${message.slice.file}`} row ${message.slice.row}`;
  return {
    at: message.acceptedAt,
    step: "accepted",
    route: null,
    detail: `${origin}, ${message.size} bytes, committed`,
  };
}

function deliverySteps(message: MessageDetail, delivery: DeliveryDetail): readonly TimelineEntry[] {
  const route = delivery.to;
  const name = deliveryId(message.place, route, delivery.replay);
  const steps: TimelineEntry[] = [{ at: delivery.createdAt, step: "delivery queued", route, detail: name }];
  const shown = delivery.tries.items.toReversed();
  if (delivery.earlierTries > 0) {
    const at = shown[0]?.startedAt ?? delivery.createdAt;
    const step = pluralUpTo(MOST_EARLIER_TRIES, delivery.earlierTries, "earlier attempt");
    steps.push({ at, step, route, detail: null });
  }
  for (const one of shown) {
    steps.push({ at: one.startedAt, step: `attempt ${one.attempt}`, route, detail: null });
    if (one.endedAt === null) continue;
    const title =
      one.code !== null && Object.hasOwn(ERRORS, one.code)
        ? ERRORS[one.code as keyof typeof ERRORS].title
        : null;
    const detail = [one.answer, one.code, title].filter((part) => part !== null).join(", ");
    steps.push({
      at: one.endedAt,
      step: one.code === null ? "answered" : "failed",
      route,
      detail: detail === "" ? null : detail,
    });
  }
  if (delivery.finishedAt !== null) {
    const step = delivery.state === "parked" ? "parked" : (delivery.outcome ?? delivery.state);
    steps.push({
      at: delivery.finishedAt,
      step,
      route,
      detail: delivery.state === "parked" ? inWords(delivery.failure) : null,
    });
  }
  if (delivery.state === "waiting" && delivery.nextAt !== null) {
    steps.push({ at: delivery.nextAt, step: "next attempt", route, detail: inWords(delivery.failure) });
  }
  return steps;
}

function present(message: MessageDetail): readonly TimelineEntry[] {
  if (message.ownState === "waiting" && message.nextAt !== null) {
    return [{ at: message.nextAt, step: "next attempt", route: null, detail: inWords(message.failure) }];
  }
  return [];
}

function inWords(failure: Failure | null): string | null {
  return failure === null ? null : `${failure.code} ${failure.message}`;
}
