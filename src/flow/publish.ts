import type { CustomerChange } from "../crm/apply.ts";
import { HubError, toFailure } from "../errors.ts";
import type { Json } from "../message/json.ts";
import { laneOf } from "../message/lane.ts";
import type { NewMessage } from "../store/message-table.ts";
import type { Tx } from "../store/store.ts";
import type { Item } from "./item.ts";
import type { LiveFlow } from "./live-flow.ts";
import type { SettleEnvironment } from "./settlement.ts";

/** A message that has passed this many topics is going round in a circle. */
const MOST_HOPS = 16;

export interface Published {
  readonly messages: number;
}

interface Publication {
  readonly topic: string;
  /** Set when the CRM publishes; null when a flow's route does. */
  readonly change: CustomerChange | null;
  readonly item: Item;
  readonly content: () => Json;
}

/**
 * Inserts one message per subscriber, in the publisher's transaction: it is there when and only when the change is.
 * A subscriber whose key cannot be told gets the message all the same, parked, so that nothing is lost silently.
 */
export async function publish(
  tx: Tx,
  flow: LiveFlow,
  publications: readonly Publication[],
  env: SettleEnvironment,
): Promise<Published> {
  const messages: NewMessage[] = [];
  const accepted = new Map<number, { readonly subscriber: LiveFlow; n: number; parked: number }>();
  for (const publication of publications) {
    for (const subscriber of env.subscribers(publication.topic)) {
      const message = topicMessage(flow, publication, subscriber, env.now);
      messages.push(message);
      const count = accepted.get(subscriber.id) ?? { subscriber, n: 0, parked: 0 };
      count.n += 1;
      if (message.state === "parked") count.parked += 1;
      accepted.set(subscriber.id, count);
    }
  }
  if (messages.length === 0) return { messages: 0 };
  await tx.messages.insert(messages);
  for (const { subscriber, n, parked } of accepted.values()) {
    await tx.tallies.add(env.now, [
      { flow: subscriber.id, route: 0, outcome: "accepted", n },
      ...subscriber.routes.map((route) => ({
        flow: subscriber.id,
        route: route.id,
        outcome: "parked",
        n: parked,
      })),
    ]);
  }
  return { messages: messages.length };
}

function topicMessage(
  flow: LiveFlow,
  publication: Publication,
  subscriber: LiveFlow,
  now: number,
): NewMessage {
  const { item } = publication;
  const content = publication.content();
  const base = {
    flow: subscriber.id,
    flowVersion: subscriber.version,
    system: publication.change?.cause ?? item.system,
    acceptedAt: now,
    body: Buffer.from(JSON.stringify(content)),
    contentType: "application/json",
    headers: { topic: publication.topic, publisher: flow.name },
    event: null,
    slice: null,
    cause: item.place,
    hops: item.hops + 1,
    traceparent: null,
  };
  try {
    if (item.hops >= MOST_HOPS) {
      throw new HubError("TL_LOOP", `it has passed ${MOST_HOPS} topics, the last one ${publication.topic}`);
    }
    const key = subscriber.compiled.key(content, {
      receivedAt: now,
      headers: null,
      file: null,
      row: null,
    });
    return { ...base, lane: key === null ? 0 : laneOf(key), key };
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return { ...base, lane: 0, key: null, state: "parked", failure: toFailure(error) };
  }
}
