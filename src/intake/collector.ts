import type { CollectedItem } from "../connector/contract.ts";
import type { Receipt } from "../control/engine.ts";
import { type CursorMove, collect } from "../flow/collect.ts";
import { failpoint } from "../flow/failpoint.ts";
import type { LiveFlow } from "../flow/live-flow.ts";
import type { Json } from "../message/json.ts";
import type { CursorRow } from "../store/cursor-table.ts";
import type { Store } from "../store/store.ts";

export interface CollectorEnvironment {
  readonly store: Store;
  readonly now: () => number;
  /** Called after each commit with what was stored. */
  readonly collected: (flow: LiveFlow, receipts: readonly Receipt[]) => void;
}

/** Stores what one flow gets from one source, with the place up to which it was read. */
export interface Collector {
  /** Reads the place from the store; null: the source is read from its beginning. */
  open(): Promise<Json | null>;
  /**
   * Resolved = committed.
   * @param cursor undefined: the place stays as it is
   * @throws HubError TL_CONFLICT when a person moved the cursor: `open` again
   */
  take(
    flow: LiveFlow,
    items: readonly CollectedItem[],
    cursor: Json | null | undefined,
    more: boolean,
  ): Promise<void>;
  /** The place as last read or stored. */
  readonly cursor: CursorRow | null;
  /** Items stored, without duplicates. */
  readonly stored: number;
}

/** @param source `system.source` */
export function collector(env: CollectorEnvironment, flowId: number, source: string): Collector {
  let known: CursorRow | null = null;
  let stored = 0;

  function moveTo(cursor: Json | null | undefined, more: boolean): CursorMove | null {
    if (cursor === undefined) return null;
    const to = cursor === null ? null : { value: JSON.stringify(cursor), more, movedAt: env.now() };
    if (to?.value === known?.value && (to?.more ?? false) === (known?.more ?? false)) return null;
    return { source, from: known?.value ?? null, to };
  }

  return {
    async open() {
      known = (await env.store.transaction((tx) => tx.cursors.get(flowId, source))) ?? null;
      return known === null ? null : (JSON.parse(known.value) as Json);
    },
    async take(flow, items, cursor, more) {
      const move = moveTo(cursor, more);
      if (items.length === 0 && move === null) return;
      failpoint("before_collect");
      const receipts = await collect(env.store, flow, items, move, env.now());
      failpoint("after_collect");
      if (move !== null) known = move.to;
      stored += receipts.filter((receipt) => "id" in receipt && !receipt.duplicate).length;
      env.collected(flow, receipts);
    },
    get cursor() {
      return known;
    },
    get stored() {
      return stored;
    },
  };
}
