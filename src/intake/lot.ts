import type { LiveFlow } from "../flow/live-flow.ts";
import type { MappedAhead } from "../flow/transform.ts";
import type { NewMessage, Places } from "../store/message-table.ts";
import type { LotToMap, MappedLot } from "./mapper.ts";
import { isOnlyNewcomer, unpackRows } from "./unpack-rows.ts";

/** Messages of one flow version that were stored together, and are mapped in another thread. */
export interface Lot {
  readonly flow: LiveFlow;
  readonly system: string;
  readonly places: Places;
  readonly keys: readonly (string | null)[];
  readonly acceptedAt: number;
  /** What was known of acts when they were stored: whatever a person has done to them since is newer. */
  readonly known: number;
  readonly sentAt: number;
  /** Of their bodies. */
  readonly bytes: number;
  /** As in `LotToMap`. */
  readonly strangers: boolean;
  mapped: MappedLot | null;
  /** Before that its places may come to be those of other messages. */
  isCommitted: boolean;
}

/** A lot as it crosses threads. */
export function lotToMap(number: number, lot: Lot, messages: readonly NewMessage[]): LotToMap {
  const { flow, keys, acceptedAt: receivedAt, strangers } = lot;
  const lengths = Uint32Array.from(messages, ({ body }) => body?.length ?? 0);
  const bytes = new Uint8Array(lot.bytes);
  let at = 0;
  for (const { body } of messages) {
    if (body !== null) bytes.set(body, at);
    at += body?.length ?? 0;
  }
  const headers = messages.map((one) => one.headers);
  return {
    ...{ number, version: flow.version, receivedAt, strangers },
    ...{ bytes: bytes.buffer, lengths, keys, headers },
  };
}

/** What the messages of lots were mapped to, by place; without those of which too little crossed. */
export function mappedAhead(lots: readonly Lot[]): ReadonlyMap<number, MappedAhead> {
  const found = new Map<number, MappedAhead>();
  for (const { mapped, keys, places } of lots) {
    if (mapped === null) continue;
    for (const [at, result] of unpackRows(mapped.rows, keys).entries()) {
      if (isOnlyNewcomer(result)) continue;
      found.set(places.first + at, { result, took: mapped.took[at] as number });
    }
  }
  return found;
}
