import type { Admission } from "./engine.ts";

/** A batch of admissions as it crosses threads: one block of bytes that is handed over, and plain values. */
export interface PackedAdmissions {
  readonly bytes: ArrayBuffer;
  readonly items: readonly PackedItem[];
}

type PackedItem = Omit<Admission, "body"> & { readonly length: number };

/**
 * Joins the bodies. Each body is usually a slice of a larger buffer, which structured cloning would copy whole, once for
 * every slice of it.
 */
export function packAdmissions(items: readonly Admission[]): PackedAdmissions {
  let size = 0;
  for (const item of items) size += item.body.byteLength;
  const bytes = new Uint8Array(size);
  let at = 0;
  const packed = items.map(({ body, ...rest }) => {
    bytes.set(body, at);
    at += body.byteLength;
    return { ...rest, length: body.byteLength };
  });
  return { bytes: bytes.buffer, items: packed };
}

export function unpackAdmissions(packed: PackedAdmissions): readonly Admission[] {
  let at = 0;
  return packed.items.map(({ length, ...rest }) => {
    const body = new Uint8Array(packed.bytes, at, length);
    at += length;
    return { ...rest, body };
  });
}
