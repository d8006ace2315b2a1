/** Texts as they cross threads: one block of UTF-8, which is handed over and not copied. */
export interface PackedTexts {
  readonly texts: ArrayBuffer;
  /** Bytes of each. */
  readonly lengths: Uint32Array;
}

/** Most bytes of UTF-8 for a UTF-16 unit. */
const WIDEST = 3;

export function packTexts(texts: readonly string[]): PackedTexts {
  const lengths = new Uint32Array(texts.length);
  let units = 0;
  for (const text of texts) units += text.length;
  let memory = Buffer.allocUnsafeSlow(units + (units >> 3));
  let used = 0;
  for (const [index, text] of texts.entries()) {
    if (memory.length - used < WIDEST * text.length) {
      const need = used + WIDEST * text.length;
      const exact = used + Buffer.byteLength(text);
      if (exact > memory.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(need, memory.length + (memory.length >> 1)));
        memory.copy(larger, 0, 0, used);
        memory = larger;
      }
    }
    const length = memory.write(text, used);
    lengths[index] = length;
    used += length;
  }
  return { texts: memory.buffer as ArrayBuffer, lengths };
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
