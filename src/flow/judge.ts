import { atIndex, HubError } from "../errors.ts";
import type { EventHit } from "../store/message-table.ts";
import type { Ready, Refused } from "./ready.ts";

/** What is to become of an item. */
export type Judged =
  | { readonly is: "new"; readonly one: Ready }
  /** It is the happening of an item of the same lot, at this index. */
  | { readonly is: "twin"; readonly one: Ready; readonly of: number }
  | { readonly is: "known"; readonly one: Ready; readonly hit: EventHit; readonly conflict: boolean }
  | { readonly is: "refused"; readonly refusal: HubError };

/** Items that are to be stored, by the name of their event. */
interface Named {
  readonly before: Map<string, Twin>;
  /** Of the request at hand: they count for the others only when it is not refused. */
  readonly own: Map<string, Twin>;
}

interface Twin {
  readonly at: number;
  readonly hash: Uint8Array;
}

/** One text for an event of a flow; null: the item has none. */
function eventName({ flow, event }: Ready): string | null {
  return event === null ? null : `${flow.id} ${event.id}`;
}

/**
 * Settles which items of a lot are new. Of items that belong together all are refused when one is; those behind them are
 * judged as if these had not come.
 * @param known events stored before, by name
 */
export function judgeAll(
  items: readonly (Ready | Refused)[],
  known: ReadonlyMap<string, EventHit>,
): readonly Judged[] {
  const verdicts: Judged[] = [];
  const named: Named = { before: new Map(), own: new Map() };
  let from = 0;
  for (const [index, item] of items.entries()) {
    verdicts.push(
      "refusal" in item ? { is: "refused", refusal: item.refusal } : judge(item, index, known, named),
    );
    if (item.item.withNext === true && index + 1 < items.length) continue;
    if (from < index) refuseTogether(verdicts, from, named);
    for (const [name, twin] of named.own) named.before.set(name, twin);
    named.own.clear();
    from = index + 1;
  }
  return verdicts;
}

function judge(one: Ready, at: number, known: ReadonlyMap<string, EventHit>, named: Named): Judged {
  const name = eventName(one);
  if (name === null || one.event === null) return { is: "new", one };
  const { hash } = one.event;
  const twin = named.own.get(name) ?? named.before.get(name);
  const hit = known.get(name);
  const before = twin?.hash ?? hit?.hash;
  const conflict = before !== undefined && !same(before, hash);
  if (before !== undefined && (!conflict || one.flow.definition.conflict === "ignore")) {
    if (twin !== undefined) return { is: "twin", one, of: twin.at };
    if (hit !== undefined) return { is: "known", one, hit, conflict };
  }
  if (conflict && one.flow.definition.conflict === "refuse") {
    const message = "this event id came before with another body";
    return { is: "refused", refusal: new HubError("TL_IDEMPOTENCY_REUSED", message) };
  }
  named.own.set(name, { at, hash });
  return { is: "new", one };
}

/** The verdicts from an index on are of items that belong together. */
function refuseTogether(verdicts: Judged[], from: number, { own }: Named): void {
  const group = verdicts.slice(from);
  for (const [index, verdict] of group.entries()) {
    if (verdict.is !== "refused") continue;
    verdicts.fill({ is: "refused", refusal: atIndex(verdict.refusal, index) }, from);
    own.clear();
    return;
  }
}

function same(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
