/** Texts as they cross threads: one block of UTF-8, which is handed over and not copied. */
export interface PackedTexts {
  /** May be longer than they are together. */
  readonly texts: ArrayBuffer;
  /** Bytes of each. */
  readonly lengths: Uint32Array;
}

/** UTF-8 takes at most so many bytes for a UTF-16 unit. */
const MOST_BYTES = 3;

/** Where texts are written before it is known how long they are together. */
const DRAFT = 256 * 1024;

/** Memory for texts is made in multiples of so many bytes, so that it fits others later. */
const BLOCK = 64 * 1024;

/** Gathers texts. */
export interface TextPacker {
  /** @param text well-formed (no halves of surrogate pairs), as JSON texts are */
  add(text: string): void;
  pack(): PackedTexts;
}

let draft = Buffer.alloc(DRAFT);

/**
 * One at a time: all write to the same memory, which is kept, since to measure texts first takes as long as to write them.
 * @param spare memory that came back, to be handed over again
 */
export function textPacker(spare: ArrayBuffer[] = []): TextPacker {
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
      const fits = spare.findIndex(({ byteLength }) => byteLength >= size);
      // None too small is kept for long: each time one must be made, one goes.
      const [found] = spare.splice(Math.max(fits, 0), 1);
      const memory =
        fits >= 0 && found !== undefined ? found : new ArrayBuffer(BLOCK * Math.ceil(size / BLOCK));
      new Uint8Array(memory).set(draft.subarray(0, size));
      return { texts: memory, lengths: Uint32Array.from(lengths) };
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
