/** Texts as they cross threads: one block of UTF-8, which is handed over and not copied. */
export interface PackedTexts {
  readonly texts: ArrayBuffer;
  /** Bytes of each. */
  readonly lengths: Uint32Array;
}

/** UTF-8 takes at most so many bytes for a UTF-16 unit. */
const MOST_BYTES = 3;

/** Where texts are written before it is known how long they are together; kept, since to measure them first takes as long. */
let draft = Buffer.alloc(0);

/** @param texts well-formed (no halves of surrogate pairs), as JSON texts are */
export function packTexts(texts: readonly string[]): PackedTexts {
  let most = 0;
  for (const text of texts) most += MOST_BYTES * text.length;
  if (draft.length < most) draft = Buffer.alloc(most);
  const lengths = new Uint32Array(texts.length);
  let size = 0;
  for (const [index, text] of texts.entries()) {
    const length = text === "" ? 0 : draft.write(text, size);
    lengths[index] = length;
    size += length;
  }
  // Memory of its own, and no more than there is: it is handed over.
  const block = new Uint8Array(size);
  block.set(draft.subarray(0, size));
  return { texts: block.buffer, lengths };
}

/** Gives the texts one after the other, as views on the block. */
export function textReader({ texts, lengths }: PackedTexts): () => Buffer {
  let index = 0;
  let at = 0;
  return () => {
    const length = lengths[index++] ?? 0;
    const text = Buffer.from(texts, at, length);
    at += length;
    return text;
  };
}
