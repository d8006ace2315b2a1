import type { StoredDelivery } from "../../store/delivery-table.ts";
import { stateOf, toBytes } from "./row.ts";

export interface DeliveryColumns {
  id: number;
  message: number;
  flow: number;
  route: number;
  lane: number;
  key: string | null;
  state: number;
  version: string | number | null;
  replay: number;
  allow_stale: number;
  attempts: number;
  created_at: number;
  file: number | null;
  body: Uint8Array;
}

export const SELECT_DELIVERY = `SELECT d.id, d.message, d.flow, d.route, d.lane, d.key, d.state, d.version, d.replay, d.allow_stale,
  d.attempts, d.created_at, d.file, b.body FROM delivery d JOIN delivery_body b ON b.id = d.id`;

export function toDelivery(row: DeliveryColumns): StoredDelivery {
  return {
    id: row.id,
    message: row.message,
    flow: row.flow,
    route: row.route,
    lane: row.lane,
    key: row.key,
    state: stateOf(row.state),
    version: row.version,
    replay: row.replay,
    allowStale: row.allow_stale === 1,
    attempts: row.attempts,
    createdAt: row.created_at,
    file: row.file,
    body: toBytes(row.body),
  };
}
