import { HubError } from "../errors.ts";

/** A message's public id is its place: `m-4711`. */
export function messageId(place: number): string {
  return `m-${place}`;
}

/** The place behind `m-4711`. @throws TL_USAGE when it is not such an id. */
export function parseMessageId(id: string): number {
  const digits = /^m-(\d{1,15})$/.exec(id)?.[1];
  if (digits === undefined) {
    throw new HubError("TL_USAGE", "a message id looks like m-4711");
  }
  return Number(digits);
}

/**
 * The id a target sees on every attempt of one delivery: `m-4711.billing.customer`, and
 * `m-4711.billing.customer.r2` for the second replay. Retries keep it; a replay gets a new one.
 */
export function deliveryId(place: number, route: string, replay: number): string {
  return replay === 0 ? `m-${place}.${route}` : `m-${place}.${route}.r${replay}`;
}
