import type { Admission, Receipt } from "./engine.ts";

/**
 * A batch of admissions as it crosses threads: one block of bytes that is handed over, and columns of plain values,
 * which structured cloning copies several times faster than as many objects.
 */
export interface PackedAdmissions {
  readonly bytes: ArrayBuffer;
  /** What neighbouring items mostly have in common, each once. */
  readonly shared: readonly Shared[];
  /** For each item its entry in `shared`. */
  readonly which: Uint32Array;
  readonly lengths: Uint32Array;
  readonly keys: readonly Admission["key"][];
  readonly events: readonly Admission["event"][];
  readonly traceparents: readonly Admission["traceparent"][];
  /** Positions of items that belong together with the next. */
  readonly withNext: readonly number[];
}

type Shared = Pick<Admission, "flow" | "flowVersion" | "contentType" | "headers">;

/**
 * Joins the bodies. Each body is usually a slice of a larger buffer, which structured cloning would copy whole, once for
 * every slice of it.
 */
export function packAdmissions(items: readonly Admission[]): PackedAdmissions {
  let size = 0;
  for (const item of items) size += item.body.byteLength;
  const bytes = new Uint8Array(size);
  const shared: Shared[] = [];
  const which = new Uint32Array(items.length);
  const lengths = new Uint32Array(items.length);
  const keys: Admission["key"][] = [];
  const events: Admission["event"][] = [];
  const traceparents: Admission["traceparent"][] = [];
  const withNext: number[] = [];
  let at = 0;
  for (const [index, item] of items.entries()) {
    const { flow, flowVersion, contentType, headers, body } = item;
    const last = shared.at(-1);
    if (last === undefined || !alike(last, item)) shared.push({ flow, flowVersion, contentType, headers });
    which[index] = shared.length - 1;
    lengths[index] = body.byteLength;
    bytes.set(body, at);
    at += body.byteLength;
    keys.push(item.key);
    events.push(item.event);
    traceparents.push(item.traceparent);
    if (item.withNext) withNext.push(index);
  }
  return { bytes: bytes.buffer, shared, which, lengths, keys, events, traceparents, withNext };
}

/** Items that share an entry share its headers too: one object, not to be changed. */
export function unpackAdmissions(packed: PackedAdmissions): readonly Admission[] {
  const items: Admission[] = [];
  let at = 0;
  let joint = 0;
  for (const [index, length] of packed.lengths.entries()) {
    const shared = packed.shared[packed.which[index] ?? 0];
    if (shared === undefined) throw new RangeError("the batch is not whole");
    const { flow, flowVersion, contentType, headers } = shared;
    items.push({
      flow,
      flowVersion,
      contentType,
      headers,
      body: new Uint8Array(packed.bytes, at, length),
      key: packed.keys[index],
      event: packed.events[index],
      traceparent: packed.traceparents[index] ?? null,
      ...(packed.withNext[joint] === index ? { withNext: true } : {}),
    });
    if (packed.withNext[joint] === index) joint += 1;
    at += length;
  }
  return items;
}

function alike(one: Shared, other: Shared): boolean {
  return (
    one.flow === other.flow &&
    one.flowVersion === other.flowVersion &&
    one.contentType === other.contentType &&
    alikeHeaders(one.headers, other.headers)
  );
}

function alikeHeaders(one: Shared["headers"], other: Shared["headers"]): boolean {
  if (one === null || other === null) return one === other;
  let names = 0;
  for (const name in one) {
    if (one[name] !== other[name]) return false;
    names += 1;
  }
  for (const _ in other) names -= 1;
  return names === 0;
}

/** Receipts as they cross threads. */
export interface PackedReceipts {
  /** Null where there is an error. */
  readonly ids: readonly (string | null)[];
  /** Positions of duplicates. */
  readonly duplicates: readonly number[];
  readonly errors: readonly { readonly at: number; readonly error: RefusedReceipt["error"] }[];
}

type RefusedReceipt = Extract<Receipt, { readonly error: unknown }>;

export function packReceipts(receipts: readonly Receipt[]): PackedReceipts {
  const ids: (string | null)[] = [];
  const duplicates: number[] = [];
  const errors: PackedReceipts["errors"][number][] = [];
  for (const [at, receipt] of receipts.entries()) {
    if ("error" in receipt) {
      ids.push(null);
      errors.push({ at, error: receipt.error });
    } else {
      ids.push(receipt.id);
      if (receipt.duplicate) duplicates.push(at);
    }
  }
  return { ids, duplicates, errors };
}

export function unpackReceipts({ ids, duplicates, errors }: PackedReceipts): readonly Receipt[] {
  const receipts: Receipt[] = ids.map((id) => ({ id: id ?? "", duplicate: false }));
  for (const at of duplicates) receipts[at] = { id: ids[at] ?? "", duplicate: true };
  for (const { at, error } of errors) receipts[at] = { error };
  return receipts;
}
