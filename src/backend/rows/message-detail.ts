import type { Failure } from "../../errors.ts";
import { MOST_KEPT } from "../../message/exchange.ts";
import type { DeliveryDetail, KeptExchange, MessageDetail, RawBody } from "../../store/queries.ts";
import { exchangeOf } from "./exchange-row.ts";
import { type SliceColumns, sliceOf } from "./message-row.ts";
import { fromText, stateOf, toBytes } from "./row.ts";
import type { ShownTries } from "./try-row.ts";

export interface DetailColumns extends SliceColumns {
  flow: number;
  key: string | null;
  state: number;
  system: string;
  event: string | null;
  next_at: number | null;
  file_name: string | null;
  cause: number | null;
  hops: number;
  plan: string | null;
  traceparent: string | null;
  content_type: string | null;
  headers: string | null;
  size: number | null;
  version_id: number | null;
  hash: string;
  deployed_at: number;
}

/** What the row of a message alone says. */
export function toDetail(row: DetailColumns) {
  return {
    ownState: stateOf(row.state),
    system: row.system,
    event: row.event,
    contentType: row.content_type,
    headers: fromText<Record<string, string>>(row.headers),
    size: row.size ?? row.file_length ?? 0,
    slice: sliceOf(row),
    fileName: row.file_name,
    cause: row.cause,
    hops: row.hops,
    nextAt: row.next_at,
    plan: fromText(row.plan),
    traceparent: row.traceparent,
    version:
      row.version_id === null ? null : { id: row.version_id, hash: row.hash, deployedAt: row.deployed_at },
  } satisfies Partial<MessageDetail>;
}

export interface DeliveryDetailColumns
  extends Omit<DeliveryDetail, "state" | "failure" | keyof ShownTries | "blockedBy"> {
  state: number;
  failure: string | null;
  route: number;
  key: string | null;
}

export function toDeliveryDetail(
  { route: _route, key: _key, ...row }: DeliveryDetailColumns,
  tries: ShownTries,
  blockedBy: number | null,
): DeliveryDetail {
  return {
    ...row,
    state: stateOf(row.state),
    failure: fromText<Failure>(row.failure),
    ...tries,
    blockedBy,
  };
}

/** An attempt's exchange, with the delivery's body as it was then: what a replay has replaced was kept apart. */
export const EXCHANGE = {
  columns: "d.message, a.exchange, length(a.body) AS replaced, length(b.body) AS size",
  body: "coalesce(a.body, b.body)",
  tables: "attempt a JOIN delivery d ON d.id = a.delivery JOIN delivery_body b ON b.id = d.id",
};

export interface ExchangeColumns {
  readonly message: number;
  readonly exchange: string | null;
  readonly body: Uint8Array | ArrayBuffer;
  /** Bytes of what was kept apart; null: the delivery's body is the one it was. */
  readonly replaced: number | null;
  /** Bytes of the delivery's body. */
  readonly size: number;
}

export function toExchange({
  message,
  exchange,
  body,
  replaced,
  size,
}: ExchangeColumns): KeptExchange | undefined {
  if (exchange === null) return undefined;
  // Of what was kept apart there may have been more.
  const whole = replaced === null ? size : replaced < MOST_KEPT ? replaced : null;
  return { message, exchange: exchangeOf(exchange), body: toBytes(body), size: whole };
}

export interface RawColumns extends SliceColumns {
  content_type: string | null;
  size: number | null;
  body: Uint8Array | ArrayBuffer | null;
  text: string | null;
}

export function toRaw(row: RawColumns): RawBody {
  if (row.size === null && row.file !== null && row.text !== null) {
    return {
      contentType: null,
      size: row.file_length,
      slice: sliceOf({ ...row, file: row.file }),
      text: row.text,
    };
  }
  return {
    contentType: row.content_type,
    size: row.size ?? 0,
    body: row.body === null ? new Uint8Array() : toBytes(row.body),
  };
}
