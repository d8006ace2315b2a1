import { HubError } from "../errors.ts";
import { messageId } from "../message/id.ts";
import { PARKED_BY_HAND } from "../message/parked-by-hand.ts";
import type { ReplayPlan } from "../store/message-table.ts";
import type { Tx } from "../store/store.ts";
import { goesTo } from "./goes-to.ts";
import type { LiveFlow } from "./live-flow.ts";
import { endOf, keptInLine } from "./place-in-line.ts";
import { trailEntry } from "./trail.ts";

/**
 * A person takes a message that is not finished off its path. That is why it stands, whatever it waited for; its history
 * still tells what that was.
 * @throws HubError TL_NOT_FOUND, TL_CONFLICT
 */
export async function parkMessage(
  tx: Tx,
  place: number,
  flow: LiveFlow | undefined,
  now: number,
): Promise<void> {
  const message = await existing(tx, place);
  if (message.state === "done" || message.state === "parked") {
    throw new HubError(
      "TL_CONFLICT",
      `${messageId(place)} is ${message.state}; only one that is under way can be parked`,
    );
  }
  await tx.messages.change([
    {
      place,
      state: "parked",
      attempts: message.attempts,
      nextAt: null,
      failure: PARKED_BY_HAND,
      outcomes: null,
      at: now,
    },
  ]);
  await tx.messages.trail([trailEntry(place, now, "parked", "by a person")]);
  await count(tx, flow, message.plan, "parked", 1, now);
  const file = message.slice?.file;
  if (file !== undefined)
    for (const route of flow?.routes ?? []) await tx.files.shift(file, route.to, "waiting", "parked", 1);
  if (flow?.definition.carries === "change" && message.key !== null)
    await tx.messages.block(-message.flow, message.key, place, now);
}

/**
 * Ends a parked message, and parked deliveries of a message, without effect; what waited behind it goes on.
 * @throws HubError TL_NOT_FOUND, TL_CONFLICT when nothing of it is parked
 */
export async function discardMessage(
  tx: Tx,
  place: number,
  flow: LiveFlow | undefined,
  now: number,
): Promise<void> {
  const message = await existing(tx, place);
  const parked = (await tx.deliveries.ofMessage(place)).filter((delivery) => delivery.state === "parked");
  const kept = await keptInLine(tx, place, message.replay);
  if (message.state !== "parked" && parked.length === 0) {
    throw new HubError("TL_CONFLICT", `nothing of ${messageId(place)} is parked`);
  }
  if (message.state === "parked") {
    await tx.messages.change([
      {
        place,
        state: "done",
        attempts: message.attempts,
        nextAt: null,
        failure: message.failure,
        outcomes: { "*": "discarded" },
        at: now,
      },
    ]);
    // What has had its effect on other routes must not come in again.
    if (message.plan === null || message.plan.routes.length === 0) await tx.messages.freeEvents([place]);
    await count(tx, flow, message.plan, "parked", -1, now);
    await count(tx, flow, message.plan, "discarded", 1, now);
    if (message.key !== null) await tx.messages.unblock(-message.flow, message.key, place);
    for (const delivery of kept) {
      await tx.deliveries.change([endOf(delivery, "discarded", now)]);
      if (delivery.key !== null) await tx.messages.unblock(delivery.route, delivery.key, delivery.id);
    }
  }
  for (const delivery of parked) {
    await tx.deliveries.change([endOf(delivery, "discarded", now)]);
    if (delivery.key !== null) await tx.messages.unblock(delivery.route, delivery.key, delivery.id);
    await tx.tallies.add(now, [
      { flow: delivery.flow, route: delivery.route, outcome: "parked", n: -1 },
      { flow: delivery.flow, route: delivery.route, outcome: "discarded", n: 1 },
    ]);
  }
  const file = message.slice?.file;
  if (file !== undefined && flow !== undefined) {
    for (const route of flow.routes) {
      const concerned = message.state === "parked" || parked.some((delivery) => delivery.route === route.id);
      if (concerned) await tx.files.shift(file, route.to, "parked", "discarded", 1);
    }
  }
  await tx.messages.trail([trailEntry(place, now, "discarded", null)]);
}

async function existing(tx: Tx, place: number) {
  const message = await tx.messages.get(place);
  if (message === undefined) throw new HubError("TL_NOT_FOUND", `there is no message ${messageId(place)}`);
  return message;
}

async function count(
  tx: Tx,
  flow: LiveFlow | undefined,
  plan: ReplayPlan | null,
  outcome: string,
  n: number,
  now: number,
): Promise<void> {
  if (flow === undefined) return;
  await tx.tallies.add(
    now,
    flow.routes
      .filter((route) => goesTo(plan, route.to))
      .map((route) => ({ flow: flow.id, route: route.id, outcome, n })),
  );
}
