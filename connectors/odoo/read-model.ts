import { hash } from "node:crypto";
import {
  type CollectedItem,
  HubError,
  isObject,
  type Json,
  type Pulled,
  type PullSource,
} from "tieline/connector";
import type { ExternalIds } from "./external-ids.ts";
import { sourceFailure } from "./failure.ts";
import { gone } from "./gone.ts";
import type { KnownIds } from "./known-ids.ts";
import type { OwnValues } from "./own-values.ts";
import { readPage, type Start } from "./page.ts";
import { type OdooRecord, records } from "./records.ts";
import type { Odoo } from "./rpc.ts";
import type { ReadOptions } from "./settings.ts";

const OVERLAP_S = 120;
const EVERY_MS = 30_000;
const COMPARE_MS = 3_600_000;
const MOST_GONE = 0.1;

/** What a source needs besides its settings. */
export interface ReadEnvironment {
  readonly odoo: Odoo;
  readonly known: KnownIds;
  readonly own: OwnValues;
  /** Null: nothing is written to this model, so none of its records is the hub's. */
  readonly externalIds: ExternalIds | null;
  readonly now: () => number;
}

/** Where a model was read to. */
interface ModelCursor {
  /** Second and id of the newest record that was read; RFC 3339. */
  readonly at: string;
  readonly id: number;
  /** When the hub first came to it, milliseconds since 1970. */
  readonly since: number;
  /** A look is under way: its next page begins here. `began`: when it did, milliseconds since 1970. */
  readonly from?: Start & { readonly began: number };
  /** A look that began after the overlap had passed found nothing new: nothing before this can come to light. */
  readonly calm?: true;
  /** When deleted records were last looked for to the end, milliseconds since 1970. */
  readonly compared: number;
  /** They are being looked for, from this id on. */
  readonly comparing?: number;
}

/**
 * Records by (write_date, id). `write_date` is when the transaction began: one that took long brings records to light
 * behind those that were read, so each look begins `overlap` before the last one, until a look that began so long after
 * it finds nothing new. What comes again unchanged is known by id, second and content.
 */
export function readModel(env: ReadEnvironment, options: ReadOptions): PullSource {
  const { odoo, known, own, externalIds, now } = env;
  const of = records(odoo, options);
  const { overlap = OVERLAP_S, every = EVERY_MS, compare = COMPARE_MS } = options;
  const search = gone(odoo, of, known, options.mostGone ?? MOST_GONE, now);
  const taken = new WeakMap<Pulled, readonly number[]>();

  async function delta(cursor: ModelCursor | null, limit: number, signal: AbortSignal): Promise<Pulled> {
    const began = cursor?.from?.began ?? now();
    const page = await readPage(of, startOf(cursor), limit, signal);
    const items = await itemsOf(page.rows, signal);
    if (page.next === null) return { items, cursor: null, more: false };
    const moved = move(cursor, page.next, page.more, began);
    if (page.more) return { items, cursor: moved as unknown as Json, more: true };
    if (compare === 0 || now() - moved.compared < compare)
      return { items, cursor: moved as unknown as Json, more: false };
    const refusal = await search.refusal(signal);
    if (refusal !== null) {
      const later = { ...moved, compared: now() };
      return { items: [...items, refusal], cursor: later as unknown as Json, more: false };
    }
    return { items, cursor: { ...moved, comparing: 0 } as unknown as Json, more: true };
  }

  function startOf(cursor: ModelCursor | null): Start | null {
    if (cursor === null) return null;
    if (cursor.from !== undefined) return cursor.from;
    if (cursor.calm === true) return cursor;
    return { at: new Date(Date.parse(cursor.at) - overlap * 1_000).toISOString(), id: 0 };
  }

  function move(cursor: ModelCursor | null, next: Start, more: boolean, began: number): ModelCursor {
    const from = more ? { from: { ...next, began } } : {};
    if (cursor === null || isAfter(next, cursor))
      return { at: next.at, id: next.id, since: now(), compared: cursor?.compared ?? now(), ...from };
    // Nothing was newer than the newest so far.
    const { from: _, ...rest } = cursor;
    const isCalm = !more && began - cursor.since > overlap * 1_000;
    return { ...rest, ...from, ...(isCalm ? { calm: true } : {}) };
  }

  async function itemsOf(rows: readonly OdooRecord[], signal: AbortSignal): Promise<CollectedItem[]> {
    const ids = rows.map(({ id }) => id);
    const names = externalIds === null ? null : await externalIds.namesOf(ids, signal);
    // Before the hub has them: a record that is known and never came does no harm, one that came must be known.
    known.add(ids);
    if (names === null) return rows.map(itemOf);
    const doubt = await inDoubt(rows, names, signal);
    return rows.map((row) => {
      const ours = new Set([...own.ownOf(of.model, row), ...(doubt.get(row.id) ?? [])]);
      return itemOf({ ...row, external_id: names.get(row.id) ?? null, own: [...ours].sort() });
    });
  }

  /** Fields that hold what the hub wrote although it was not told so, by record: its user was the last to write there. */
  async function inDoubt(
    rows: readonly OdooRecord[],
    names: ReadonlyMap<number, string>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<number, readonly string[]>> {
    const begun = rows.map((row) => {
      const name = names.get(row.id);
      const fields = own.inDoubt(of.model, name === undefined ? [row.id] : [row.id, name]);
      return [row.id, fields.filter((field) => Object.hasOwn(row, field))] as const;
    });
    const asked = new Map(begun.filter(([, fields]) => fields.length > 0));
    if (asked.size === 0) return asked;
    const domain = [
      ["id", "in", [...asked.keys()]],
      ["write_uid", "=", await odoo.uid(signal)],
    ];
    const kwargs = { context: { active_test: false } };
    const ours = await odoo.call(of.model, "search", [domain], { kwargs, signal });
    return new Map([...asked].filter(([id]) => Array.isArray(ours) && ours.includes(id)));
  }

  async function compareOn(
    cursor: ModelCursor,
    after: number,
    limit: number,
    signal: AbortSignal,
  ): Promise<Pulled> {
    const { ids, items, upTo } = await search.page(after, limit, signal);
    const { comparing: _, ...rest } = cursor;
    const next = upTo === null ? { ...rest, compared: now() } : { ...rest, comparing: upTo };
    const pulled = { items, cursor: next as unknown as Json, more: upTo !== null };
    taken.set(pulled, ids);
    return pulled;
  }

  return {
    kind: "pull",
    every,
    async pull({ cursor: given, limit, signal }) {
      const cursor = cursorOf(given);
      try {
        if (cursor?.comparing === undefined) return await delta(cursor, limit, signal);
        return await compareOn(cursor, cursor.comparing, limit, signal);
      } catch (error) {
        throw sourceFailure(error);
      }
    },
    async settle(pulled) {
      known.remove(taken.get(pulled) ?? []);
    },
  };
}

function isAfter(a: Start, b: Start): boolean {
  const [left, right] = [Date.parse(a.at), Date.parse(b.at)];
  return left === right ? a.id > b.id : left > right;
}

/** A second may see two changes of one record: its content is part of the name. */
function itemOf(record: OdooRecord): CollectedItem {
  const body = Buffer.from(JSON.stringify(record));
  const content = hash("sha256", body, "base64url").slice(0, 16);
  return { body, event: `${record.id}@${record.write_date} ${content}` };
}

function cursorOf(given: Json | null): ModelCursor | null {
  if (given === null) return null;
  if (isObject(given) && typeof given["at"] === "string" && !Number.isNaN(Date.parse(given["at"]))) {
    const { id, since, compared } = given;
    const numbers = [id, since, compared].every((one) => one === undefined || typeof one === "number");
    if (numbers) return { id: 0, since: 0, compared: 0, ...given } as unknown as ModelCursor;
  }
  throw new HubError("TL_SOURCE_REFUSED", "the cursor is not one of a model", {
    cure: 'Set it with `tieline flows rewind`, like {"at":"2026-11-01T00:00:00Z"}.',
  });
}
