import { hash } from "node:crypto";
import type { CollectedItem } from "../connector/contract.ts";
import type { Admission, Receipt } from "../control/engine.ts";
import { asHubError, type Failure, HubError, toFailure } from "../errors.ts";
import { decodeText } from "../format/encoding.ts";
import { parseMessageId } from "../message/id.ts";
import type { CursorRow } from "../store/cursor-table.ts";
import type { Store, Tx } from "../store/store.ts";
import { insertReady } from "./admit.ts";
import type { LiveFlow } from "./live-flow.ts";
import { type Ready, readyFrom } from "./ready.ts";
import { describeFailure, trailEntry } from "./trail.ts";

/** UTF-16 units. */
const LONGEST_EVENT = 512;

/** Where a source has been read to, before and after some items. */
export interface CursorMove {
  /** `system.source`. */
  readonly source: string;
  /** The value that the store is to have still; null: none. */
  readonly from: string | null;
  readonly to: CursorRow | null;
}

/**
 * Stores items that the hub fetched or was handed over a connection it holds, and the place up to which they were read,
 * in one transaction: so nothing is lost and nothing is read twice, whenever the hub dies. It is `admit` for sources to
 * which nobody can say no: an item that is wrong is stored too, and parked.
 *
 * @returns receipts in the order of the items; none is an error
 * @throws HubError TL_CONFLICT when the cursor is not where it was: nothing is stored then
 */
export async function collect(
  store: Store,
  flow: LiveFlow,
  items: readonly CollectedItem[],
  move: CursorMove | null,
  now: number,
): Promise<readonly Receipt[]> {
  const ready = items.map((item) => readyOf(item, flow, now));
  return store.transaction(async (tx) => {
    if (move !== null && !(await tx.cursors.move(flow.id, move.source, move.from, move.to))) {
      throw new HubError("TL_CONFLICT", `the cursor of ${move.source} was moved by somebody else`);
    }
    if (ready.length === 0) return [];
    const receipts = await insertReady(tx, ready, now);
    await recordParked(tx, flow, ready, receipts, now);
    return receipts;
  });
}

function readyOf(item: CollectedItem, flow: LiveFlow, now: number): Ready {
  const admission: Admission = {
    flow: flow.id,
    flowVersion: flow.version,
    body: item.body,
    contentType: item.contentType ?? flow.compiled.format.mediaTypes[0] ?? null,
    headers: item.headers ?? null,
    key: undefined,
    event: undefined,
    traceparent: null,
  };
  const own = item.event === undefined ? null : bounded(item.event);
  try {
    if (item.wrong !== undefined) throw item.wrong;
    const { compiled, definition } = flow;
    if (item.body.byteLength > definition.limits.body) {
      throw new HubError("TL_BODY_TOO_LARGE", `it has more than ${definition.limits.body} bytes`, {
        cure: "Raise `limits.body` of the flow, then replay it.",
      });
    }
    if (definition.key === null && definition.event === null) return readyFrom(admission, flow, null, own);
    const value = compiled.format.decode(decodeText(item.body, compiled.format.encoding));
    const info = { receivedAt: now, headers: admission.headers, file: null, row: null };
    const event = definition.event === null ? own : compiled.event(value, info);
    return readyFrom(admission, flow, compiled.key(value, info), event);
  } catch (error) {
    return { ...readyFrom(admission, flow, null, own), failure: toFailure(asHubError(error)) };
  }
}

/** An id is an entry of an index; a mail's may be of any length. */
function bounded(event: string): string {
  return event.length <= LONGEST_EVENT ? event : `sha256:${hash("sha256", event, "hex")}`;
}

/** The history and the books of those that were stored as parked. */
async function recordParked(
  tx: Tx,
  flow: LiveFlow,
  ready: readonly Ready[],
  receipts: readonly Receipt[],
  now: number,
): Promise<void> {
  const parked: { readonly place: number; readonly failure: Failure }[] = [];
  for (const [index, { failure }] of ready.entries()) {
    const receipt = receipts[index];
    if (failure === undefined || receipt === undefined || "error" in receipt || receipt.duplicate) continue;
    parked.push({ place: parseMessageId(receipt.id), failure });
  }
  if (parked.length === 0) return;
  await tx.messages.trail(
    parked.map(({ place, failure }) => trailEntry(place, now, "parked", describeFailure(failure))),
  );
  await tx.tallies.add(
    now,
    flow.routes.map((route) => ({ flow: flow.id, route: route.id, outcome: "parked", n: parked.length })),
  );
}
