/** Texts as they cross threads: one block of UTF-8, which is handed over and not copied. */
export interface PackedTexts {
  readonly texts: ArrayBuffer;
  /** Bytes of each. */
  readonly lengths: Uint32Array;
}

/** UTF-8 takes at most so many bytes for a UTF-16 unit. */
const MOST_BYTES = 3;

/** Where texts are written before it is known how long they are together. */
const DRAFT = 256 * 1024;

/** Gathers texts. */
export interface TextPacker {
  /** @param text well-formed (no halves of surrogate pairs), as JSON texts are */
  add(text: string): void;
  pack(): PackedTexts;
}

let draft = Buffer.alloc(DRAFT);

/** One at a time: all write to the same memory, which is kept, since to measure texts first takes as long as to write them. */
export function textPacker(): TextPacker {
  const lengths: number[] = [];
  let size = 0;
  return {
    add(text) {
      if (text === "") {
        lengths.push(0);
        return;
      }
      const most = size + MOST_BYTES * text.length;
      if (draft.length < most) draft = Buffer.concat([draft.subarray(0, size)], 2 * most);
      const length = draft.write(text, size);
      lengths.push(length);
      size += length;
    },
    pack() {
      // Memory of its own, and no more than there is: it is handed over.
      const block = new Uint8Array(size);
      block.set(draft.subarray(0, size));
      return { texts: block.buffer, lengths: Uint32Array.from(lengths) };
    },
  };
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
