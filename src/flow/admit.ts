import type { Admission, Receipt } from "../control/engine.ts";
import { asHubError, HubError } from "../errors.ts";
import { decodeText } from "../format/encoding.ts";
import { messageId } from "../message/id.ts";
import { laneOf } from "../message/lane.ts";
import type { EventHit, NewMessage } from "../store/message-table.ts";
import type { Store, Tx } from "../store/store.ts";
import { judgeAll } from "./judge.ts";
import type { LiveFlow } from "./live-flow.ts";
import { sourceSystem } from "./live-flow.ts";
import { type Ready, type Refused, readyFrom } from "./ready.ts";
import { trailEntry } from "./trail.ts";

/** Told of messages while they are stored: what it does may be in vain, since they are not committed yet. */
export type Stored = (messages: readonly NewMessage[], places: readonly number[]) => void;

/**
 * Stores items from real-time sources in one transaction (group commit). Resolved = committed; a receipt is the hub's
 * word that it owns the item. Items that name the same event twice, in one batch or over days, are stored once. Of items
 * that belong together (`withNext`) all are refused when one is.
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
  const ready: (Ready | Refused)[] = [];
  for (const item of items) ready.push(complete(item, flowOf, now));
  return store.transaction((tx) => insertReady(tx, ready, now, stored), "joins");
}

function complete(
  item: Admission,
  flowOf: (flow: number) => LiveFlow | undefined,
  now: number,
): Ready | Refused {
  const flow = flowOf(item.flow);
  if (flow === undefined) {
    return { item, refusal: new HubError("TL_NOT_FOUND", "the flow is not there any more") };
  }
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
function evaluate(item: Admission, flow: LiveFlow, now: number): Ready | Refused {
  try {
    const format = flow.compiled.format;
    const value = format.decode(decodeText(item.body, format.encoding));
    const record = { receivedAt: now, headers: item.headers, file: null, row: null };
    // Null is an answer of the front's: it looked, and there is none.
    const key = item.key === undefined ? flow.compiled.key(value, record) : item.key;
    const event = item.event === undefined ? flow.compiled.event(value, record) : item.event;
    return readyFrom(item, flow, key, event);
  } catch (error) {
    return { item, refusal: asHubError(error) };
  }
}

/** Settles duplicates and stores the others; receipts in the order of the items. */
export async function insertReady(
  tx: Tx,
  ready: readonly (Ready | Refused)[],
  now: number,
  stored?: Stored,
): Promise<readonly Receipt[]> {
  const known = await knownEvents(tx, ready, now);
  const receipts: (Receipt | null)[] = [];
  const fresh: NewMessage[] = [];
  const owners: number[] = [];
  const repeats: { readonly at: number; readonly of: number }[] = [];
  const counts = new Map<number, { accepted: number; duplicate: number }>();
  const conflicts: number[] = [];

  for (const [index, verdict] of judgeAll(ready, known).entries()) {
    if (verdict.is === "refused") {
      const { code, message } = verdict.refusal;
      receipts[index] = { error: { code, message } };
      continue;
    }
    const { one } = verdict;
    const count = counts.get(one.flow.id) ?? { accepted: 0, duplicate: 0 };
    counts.set(one.flow.id, count);
    if (verdict.is === "new") {
      count.accepted += 1;
      owners.push(index);
      fresh.push(newMessage(one, now));
      continue;
    }
    count.duplicate += 1;
    if (verdict.is === "twin") repeats.push({ at: index, of: verdict.of });
    else {
      receipts[index] = { id: messageId(verdict.hit.message), duplicate: true };
      if (verdict.conflict) conflicts.push(verdict.hit.message);
    }
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
  ready: readonly (Ready | Refused)[],
  now: number,
): Promise<ReadonlyMap<string, EventHit>> {
  const wanted = new Map<number, string[]>();
  for (const one of ready) {
    if ("refusal" in one || one.event === null) continue;
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
