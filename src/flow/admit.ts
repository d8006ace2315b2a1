import { hash } from "node:crypto";
import type { Admission, Receipt } from "../control/engine.ts";
import { asHubError, type Failure, HubError } from "../errors.ts";
import { decodeText } from "../format/encoding.ts";
import { messageId } from "../message/id.ts";
import { laneOf } from "../message/lane.ts";
import type { EventHit, NewMessage } from "../store/message-table.ts";
import type { Store, Tx } from "../store/store.ts";
import type { LiveFlow } from "./live-flow.ts";
import { sourceSystem } from "./live-flow.ts";
import { trailEntry } from "./trail.ts";

/** An item whose key and event are known. */
export interface Ready {
  readonly item: Admission;
  readonly flow: LiveFlow;
  readonly key: string | null;
  readonly event: { readonly id: string; readonly hash: Uint8Array } | null;
  /** What is wrong with it, where nobody can be told: it is stored as parked. */
  readonly failure?: Failure;
}

/** Told of messages while they are stored: what it does may be in vain, since they are not committed yet. */
export type Stored = (messages: readonly NewMessage[], places: readonly number[]) => void;

/**
 * Stores items from real-time sources in one transaction (group commit). Resolved = committed; a receipt is the hub's
 * word that it owns the item. Items that name the same event twice, in one batch or over days, are stored once.
 *
 * @param flowOf the flow in force; an item of a flow that is gone is refused
 */
export async function admit(
  store: Store,
  items: readonly Admission[],
  flowOf: (flow: number) => LiveFlow | undefined,
  now: number,
  stored?: Stored,
): Promise<readonly Receipt[]> {
  const ready: (Ready | HubError)[] = [];
  for (const item of items) ready.push(complete(item, flowOf, now));
  return store.transaction((tx) => insertReady(tx, ready, now, stored), "joins");
}

function complete(
  item: Admission,
  flowOf: (flow: number) => LiveFlow | undefined,
  now: number,
): Ready | HubError {
  const flow = flowOf(item.flow);
  if (flow === undefined) return new HubError("TL_NOT_FOUND", "the flow is not there any more");
  const { key, event } = item.flowVersion === flow.version ? item : doubted(item, flow);
  if (key === undefined || event === undefined) return evaluate({ ...item, key, event }, flow, now);
  return readyFrom(item, flow, key, event);
}

/** What the front found by another version than the one in force, a moment after a deploy, is found anew. */
function doubted({ event }: Admission, { definition }: LiveFlow): Pick<Admission, "key" | "event"> {
  return {
    key: definition.key === null ? null : undefined,
    // Without an expression it is the sender's own word, whatever the version.
    event: definition.event === null ? event : undefined,
  };
}

/** Key and event id, where the front could not tell them. */
function evaluate(item: Admission, flow: LiveFlow, now: number): Ready | HubError {
  try {
    const format = flow.compiled.format;
    const value = format.decode(decodeText(item.body, format.encoding));
    const record = { receivedAt: now, headers: item.headers, file: null, row: null };
    // Null is an answer of the front's: it looked, and there is none.
    const key = item.key === undefined ? flow.compiled.key(value, record) : item.key;
    const event = item.event === undefined ? flow.compiled.event(value, record) : item.event;
    return readyFrom(item, flow, key, event);
  } catch (error) {
    return asHubError(error);
  }
}

export function readyFrom(item: Admission, flow: LiveFlow, key: string | null, event: string | null): Ready {
  return { item, flow, key, event: event === null ? null : { id: event, hash: bodyHash(item.body) } };
}

/** Half a SHA-256: it only tells a repeated body from another one. By way of a text, which costs half a buffer of node's. */
function bodyHash(body: Uint8Array): Uint8Array {
  return Buffer.from(hash("sha256", body).slice(0, 32), "hex");
}

/** Settles duplicates and stores the others; receipts in the order of the items. */
export async function insertReady(
  tx: Tx,
  ready: readonly (Ready | HubError)[],
  now: number,
  stored?: Stored,
): Promise<readonly Receipt[]> {
  const known = await knownEvents(tx, ready, now);
  const receipts: (Receipt | null)[] = [];
  const fresh: NewMessage[] = [];
  const owners: number[] = [];
  const repeats: { readonly at: number; readonly of: number }[] = [];
  const inBatch = new Map<string, { readonly at: number; readonly hash: Uint8Array }>();
  const counts = new Map<number, { accepted: number; duplicate: number }>();
  const conflicts: number[] = [];

  for (const [index, one] of ready.entries()) {
    if (one instanceof HubError) {
      receipts[index] = { error: { code: one.code, message: one.message } };
      continue;
    }
    const count = counts.get(one.flow.id) ?? { accepted: 0, duplicate: 0 };
    counts.set(one.flow.id, count);
    const id = one.event === null ? null : `${one.flow.id} ${one.event.id}`;
    const twin = id === null ? undefined : inBatch.get(id);
    const hit = id === null ? undefined : known.get(id);
    const verdict = judge(one, twin?.hash ?? hit?.hash);
    if (verdict === "refuse") {
      receipts[index] = {
        error: { code: "TL_IDEMPOTENCY_REUSED", message: "this event id came before with another body" },
      };
      continue;
    }
    if (verdict === "duplicate") {
      count.duplicate += 1;
      if (twin !== undefined) repeats.push({ at: index, of: twin.at });
      else if (hit !== undefined) {
        receipts[index] = { id: messageId(hit.message), duplicate: true };
        if (one.event !== null && !same(hit.hash, one.event.hash)) conflicts.push(hit.message);
      }
      continue;
    }
    count.accepted += 1;
    if (id !== null && one.event !== null) inBatch.set(id, { at: index, hash: one.event.hash });
    owners.push(index);
    fresh.push(newMessage(one, now));
  }

  const places = fresh.length === 0 ? [] : await tx.messages.insert(fresh);
  if (fresh.length > 0) stored?.(fresh, places);
  for (const [at, index] of owners.entries())
    receipts[index] = { id: messageId(places[at] ?? 0), duplicate: false };
  for (const repeat of repeats) {
    const first = receipts[repeat.of];
    if (first !== null && first !== undefined && "id" in first)
      receipts[repeat.at] = { id: first.id, duplicate: true };
  }
  if (conflicts.length > 0) {
    await tx.messages.trail(
      conflicts.map((place) =>
        trailEntry(place, now, "conflict", "its event id came again with another body"),
      ),
    );
  }
  for (const [flow, count] of counts) {
    await tx.tallies.add(now, [
      { flow, route: 0, outcome: "accepted", n: count.accepted },
      { flow, route: 0, outcome: "duplicate", n: count.duplicate },
    ]);
  }
  return receipts.map((receipt) => receipt ?? { error: { code: "TL_INTERNAL", message: "no receipt" } });
}

/** By flow and id. */
async function knownEvents(
  tx: Tx,
  ready: readonly (Ready | HubError)[],
  now: number,
): Promise<ReadonlyMap<string, EventHit>> {
  const wanted = new Map<number, string[]>();
  for (const one of ready) {
    if (one instanceof HubError || one.event === null) continue;
    const ids = wanted.get(one.flow.id);
    if (ids === undefined) wanted.set(one.flow.id, [one.event.id]);
    else ids.push(one.event.id);
  }
  const known = new Map<string, EventHit>();
  for (const [flow, ids] of wanted) {
    for (const [id, hit] of await tx.messages.events(flow, ids, now)) known.set(`${flow} ${id}`, hit);
  }
  return known;
}

/** What an event id that came before means, by the flow's `conflict` policy. */
function judge(one: Ready, before: Uint8Array | undefined): "new" | "duplicate" | "refuse" {
  if (before === undefined || one.event === null) return "new";
  if (same(before, one.event.hash)) return "duplicate";
  switch (one.flow.definition.conflict) {
    case "refuse":
      return "refuse";
    case "ignore":
      return "duplicate";
    case "newer":
      return "new";
  }
}

function same(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

function newMessage(one: Ready, now: number): NewMessage {
  const { item, flow, key, event, failure } = one;
  return {
    flow: flow.id,
    flowVersion: flow.version,
    lane: key === null ? 0 : laneOf(key),
    key,
    system: sourceSystem(flow.definition),
    acceptedAt: now,
    body: item.body,
    contentType: item.contentType,
    headers: item.headers,
    event:
      event === null ? null : { id: event.id, hash: event.hash, expires: now + flow.definition.eventWindow },
    slice: null,
    cause: null,
    hops: 0,
    traceparent: item.traceparent,
    ...(failure === undefined ? {} : { state: "parked", failure, attempts: 1 }),
  };
}
