/** Texts as they cross threads: one block of UTF-8, which is handed over and not copied. */
export interface PackedTexts {
  readonly texts: ArrayBuffer;
  /** Bytes of each. */
  readonly lengths: Uint32Array;
}

/** @param texts well-formed (no halves of surrogate pairs), as JSON texts are */
export function packTexts(texts: readonly string[]): PackedTexts {
  const lengths = new Uint32Array(texts.length);
  let size = 0;
  for (const [index, text] of texts.entries()) {
    const length = Buffer.byteLength(text);
    lengths[index] = length;
    size += length;
  }
  // Memory of its own: that of a pool could not be handed over.
  const block = new ArrayBuffer(size);
  const memory = Buffer.from(block);
  let at = 0;
  for (const text of texts) at += memory.write(text, at);
  return { texts: block, lengths };
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
