import { asHubError } from "../errors.ts";
import type { LiveFlow } from "../flow/live-flow.ts";
import { deliveryId, messageId } from "../message/id.ts";
import type { TracedSpan, Tracing } from "../observe/tracing.ts";
import type { StoredDelivery } from "../store/delivery-table.ts";
import type { StoredMessage } from "../store/message-table.ts";
import type { Store } from "../store/store.ts";

/** The engine's work as spans that go on from what the senders of the messages began. */
export interface EngineTraces {
  /** One span over the transform of a batch; a part of the trace of a message that is alone, linked to those of many. */
  batch<Result>(
    flow: LiveFlow,
    messages: readonly StoredMessage[],
    work: () => Promise<Result>,
  ): Promise<Result>;
  /** One span for each try at a target, part of the message's trace. */
  attempt(delivery: StoredDelivery, target: string, number: number): Promise<TracedSpan>;
}

/** What a message is part of was stored with it, or with the message that caused it. */
export function engineTraces(tracing: Tracing, store: Store): EngineTraces {
  const parentsOf = (places: readonly number[]): Promise<ReadonlyMap<number, string>> =>
    store.transaction((tx) => tx.messages.traceparents(places));
  return {
    async batch(flow, messages, work) {
      const parents = await parentsOf(messages.map(({ place }) => place));
      const attributes = {
        "messaging.batch.message_count": messages.length,
        "tieline.flow.version": flow.hash,
      };
      const [only] = messages;
      const span = tracing.begin(
        {
          kind: "process",
          name: flow.name,
          attributes:
            messages.length === 1 && only !== undefined
              ? { ...attributes, "messaging.message.id": messageId(only.place) }
              : attributes,
        },
        messages.map(({ place }) => parents.get(place)),
      );
      try {
        const result = await work();
        span.end(null);
        return result;
      } catch (error) {
        span.end(asHubError(error).code);
        throw error;
      }
    },
    async attempt(delivery, target, number) {
      const parents = await parentsOf([delivery.message]);
      const attributes = {
        "messaging.message.id": deliveryId(delivery.message, target, delivery.replay),
        "tieline.attempt": number,
      };
      return tracing.begin({ kind: "send", name: target, attributes }, [parents.get(delivery.message)]);
    },
  };
}
