import { hash } from "node:crypto";
import { HubError } from "../errors.ts";
import { decodeText } from "../format/encoding.ts";
import { messageId } from "../message/id.ts";
import type { Json } from "../message/json.ts";
import { laneOf } from "../message/lane.ts";
import type { NewMessage, StoredMessage } from "../store/message-table.ts";
import type { Tx } from "../store/store.ts";
import type { LiveFlow } from "./live-flow.ts";
import { trailEntry } from "./trail.ts";

/** A body that is to take the place of the one a message came with. */
export interface EditedCopy {
  readonly body: Uint8Array;
  /** Take effect also when something newer of its key has been applied. */
  readonly allowStale: boolean;
  /** Who edited it. */
  readonly by: string;
}

/** What the audit log keeps of an edit: the bodies themselves are in the store alone. */
export interface EditRecord {
  readonly copy: number;
  /** SHA-256, hexadecimal; of a body that is kept no more there is none. */
  readonly before: string | null;
  readonly after: string;
  readonly bytes: number;
}

/** So many of a key are looked at for one that is newer. */
const MOST_OF_KEY = 10_000;

/**
 * Stores an edited copy of a message as a new one that names the original as its cause. It takes the next place, so what
 * came of its key since takes effect before it. The original stays as it is.
 * @throws HubError when it cannot be decoded or has no key, and TL_CONFLICT when something newer of its key was applied
 */
export async function insertEdited(
  tx: Tx,
  original: StoredMessage,
  flow: LiveFlow,
  { body, allowStale, by }: EditedCopy,
  now: number,
): Promise<EditRecord> {
  requireWhole(original.slice);
  const value = decoded(flow, body);
  const info = { receivedAt: now, headers: original.headers, file: null, row: null };
  const key = flow.compiled.key(value, info);
  if (!allowStale && key !== null) {
    const newer = await newerApplied(tx, original, flow, key);
    if (newer !== null) throw overtaken(newer);
  }
  const [copy = 0] = await tx.messages.insert([copyOf(original, flow, body, key, now)]);
  await tx.messages.trail([
    trailEntry(copy, now, "replayed", `replay of ${messageId(original.place)}, edited by ${by}`),
  ]);
  await tx.tallies.add(now, [{ flow: flow.id, route: 0, outcome: "accepted", n: 1 }]);
  return {
    ...{ copy, after: hash("sha256", body, "hex"), bytes: body.byteLength },
    before: original.body === null ? null : hash("sha256", original.body, "hex"),
  };
}

/** The place of a message of this key that took effect, in the hub or at a target, though it came after the original. */
async function newerApplied(
  tx: Tx,
  { place, acceptedAt }: StoredMessage,
  flow: LiveFlow,
  key: string,
): Promise<number | null> {
  for (const route of flow.routes) {
    const last = (await tx.deliveries.lastApplied(route.id, [key])).get(key);
    if (last !== undefined && last.message > place) return last.message;
  }
  const ofKey = await tx.messages.select({ flow: flow.id, key, since: acceptedAt }, MOST_OF_KEY);
  return ofKey.findLast((one) => one.place > place && hasApplied(one.outcomes))?.place ?? null;
}

/** Whether anything of a message took effect. */
export function hasApplied(outcomes: Readonly<Record<string, string>> | null): boolean {
  return Object.values(outcomes ?? {}).includes("applied");
}

/** @throws HubError TL_CONFLICT for a row of a file, which says nothing without its file's head */
export function requireWhole(slice: object | null): void {
  if (slice === null) return;
  throw new HubError("TL_CONFLICT", "this message is a row of a file", {
    cure: "Download the rejected rows of the file, mend them there, and drop that file.",
  });
}

/** @throws HubError TL_BODY_TOO_LARGE, or why it cannot be decoded */
export function decoded(
  { compiled, definition }: Pick<LiveFlow, "compiled" | "definition">,
  body: Uint8Array,
): Json {
  if (body.byteLength > definition.limits.body)
    throw new HubError("TL_BODY_TOO_LARGE", `it has more than ${definition.limits.body} bytes`);
  return compiled.format.decode(decodeText(body, compiled.format.encoding));
}

function overtaken(place: number): HubError {
  return new HubError("TL_CONFLICT", `${messageId(place)}, newer of this key, has been applied since`, {
    cure: "Look at it first; to overwrite what it brought, say that stale ones are to be applied too.",
  });
}

/** An event id is not given again: it names what came once, and that was the original. */
function copyOf(
  { place, system, contentType, headers }: StoredMessage,
  flow: LiveFlow,
  body: Uint8Array,
  key: string | null,
  now: number,
): NewMessage {
  return {
    ...{ flow: flow.id, flowVersion: flow.version, key, lane: key === null ? 0 : laneOf(key) },
    ...{ system, acceptedAt: now, body, contentType, headers, event: null, slice: null },
    // A cause without a hop: it was not published by a flow, a person made it.
    ...{ cause: place, hops: 0, traceparent: null },
  };
}
