import type { Outgoing } from "../connector/contract.ts";
import { deliveryId } from "../message/id.ts";
import type { Json } from "../message/json.ts";
import type { StoredDelivery } from "../store/delivery-table.ts";
import type { LiveRoute } from "./live-flow.ts";

/** A delivery as its target sees it. @param attempt from 1 */
export function outgoing(delivery: StoredDelivery, route: LiveRoute, attempt: number): Outgoing {
  return {
    id: deliveryId(delivery.message, route.to, delivery.replay),
    sequence: delivery.id,
    key: delivery.key,
    body: JSON.parse(Buffer.from(delivery.body).toString("utf8")) as Json,
    storedAt: delivery.createdAt,
    attempt,
  };
}
