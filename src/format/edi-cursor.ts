import { isFiller, type Separators } from "./edi-segment.ts";

/** Where something begins: offset in the file, line from 1, and offset of the first byte of that line. */
export interface Spot {
  readonly at: number;
  readonly line: number;
  readonly lineAt: number;
}

/** A place in bytes that come in pieces. */
export class EdiCursor {
  /** The bytes at hand, and the offset in the file of the first of them. */
  bytes: Buffer = Buffer.alloc(0);
  base = 0;
  #at: number;
  #line = 1;
  #lineAt: number;

  constructor(from: number) {
    this.#at = from;
    this.#lineAt = from;
  }

  get at(): number {
    return this.#at;
  }

  spot(): Spot {
    return { at: this.#at, line: this.#line, lineAt: this.#lineAt };
  }

  /** Moves on to an offset, counting lines. */
  pass(to: number): void {
    const end = to - this.base;
    let next = this.bytes.indexOf(10, this.#at - this.base);
    for (; next !== -1 && next < end; next = this.bytes.indexOf(10, next + 1)) {
      this.#line++;
      this.#lineAt = this.base + next + 1;
    }
    this.#at = to;
  }

  /** Passes what stands between segments. False: nothing else is at hand. */
  passFiller(): boolean {
    let at = this.#at - this.base;
    while (at < this.bytes.length && isFiller(this.bytes[at] ?? 0)) at++;
    this.pass(this.base + at);
    return at < this.bytes.length;
  }

  /** Offset after the terminator of the segment that begins here; -1 when it is not at hand. */
  endOfSegment({ terminator, release }: Separators): number {
    const end = terminator.charCodeAt(0);
    const releaser = release === "" ? -1 : release.charCodeAt(0);
    const from = this.#at - this.base;
    for (let at = this.bytes.indexOf(end, from); at !== -1; at = this.bytes.indexOf(end, at + 1)) {
      let escapes = 0;
      while (at - 1 - escapes >= from && this.bytes[at - 1 - escapes] === releaser) escapes++;
      if (escapes % 2 === 0) return this.base + at + 1;
    }
    return -1;
  }

  /** The segment's tag. @param end offset after its terminator */
  tag({ element }: Separators, end: number): string {
    const start = this.#at - this.base;
    const found = this.bytes.subarray(start, Math.min(start + 4, end - 1 - this.base)).toString("latin1");
    return found.split(element, 1)[0] ?? "";
  }

  text(from: number, to: number): string {
    return this.bytes.toString("utf8", from - this.base, to - this.base);
  }

  slice(from: number, to: number): Buffer {
    return this.bytes.subarray(from - this.base, to - this.base);
  }
}
