/** Where a quick reader of XML is in the bytes at hand, and what it counts while it passes over them. */
export interface XmlCursor {
  bytes: Buffer;
  /** All bytes are ASCII. */
  ascii: boolean;
  /** Line ends passed so far, in the whole file. */
  lines: number;
  /** Bytes passed so far that are no UTF-16 unit of their own; only differences mean something. */
  surplus: number;
  /** What was passed last holds references or line ends to be rewritten. */
  special: boolean;
  /** A stretch of the bytes as text, from which values are cut, and `surplus` at its start. */
  text: string;
  from: number;
  to: number;
  base: number;
}

/** Instead of an index: the bytes at hand do not suffice. */
export const MORE = -1;
/** Instead of an index: perhaps wrong, perhaps rare; another parser must judge. */
export const DOUBT = -2;

/**
 * Bytes that become text at once. Values are cut out of such text and keep it in memory, so it must be small; and
 * turning bytes into text has a price for each call, so it must not be too small.
 */
const STRETCH = 2048;

const PLAIN = 0;
const LESS = 1;
const CONTINUATION = 2;
const LINE_FEED = 3;
const RETURN = 4;
const AMPERSAND = 5;
const GREATER = 6;
const FOUR_BYTES = 7;
/** Begins U+FFFE and U+FFFF among others. */
const LAST_OF_PLANE = 8;
const FORBIDDEN = 9;

const KINDS = new Uint8Array(256);
KINDS.fill(FORBIDDEN, 0, 32);
KINDS.fill(CONTINUATION, 0x80, 0xc0);
KINDS.fill(FOUR_BYTES, 0xf0);
KINDS[0x09] = PLAIN;
KINDS[0x0a] = LINE_FEED;
KINDS[0x0d] = RETURN;
KINDS[0x26] = AMPERSAND;
KINDS[0x3c] = LESS;
KINDS[0x3e] = GREATER;
KINDS[0xef] = LAST_OF_PLANE;

export function createCursor(): XmlCursor {
  const bytes = Buffer.alloc(0);
  return { bytes, ascii: true, lines: 0, surplus: 0, special: false, text: "", from: 0, to: 0, base: 0 };
}

/** Passes over text to the next `<`. @returns its index, the end of the bytes, or DOUBT */
export function passText(cursor: XmlCursor, from: number): number {
  const { bytes } = cursor;
  const limit = bytes.length;
  let { lines, surplus } = cursor;
  let special = false;
  let at = from;
  for (; at < limit; at++) {
    const kind = KINDS[bytes[at] as number];
    if (kind === PLAIN) continue;
    if (kind === LESS) break;
    if (kind === CONTINUATION) {
      surplus++;
    } else if (kind === LINE_FEED) {
      lines++;
    } else if (kind === AMPERSAND) {
      special = true;
    } else if (kind === FOUR_BYTES) {
      surplus--;
    } else if (kind === RETURN) {
      special = true;
      if (bytes[at + 1] !== 0x0a) lines++;
    } else if (kind === GREATER) {
      if (bytes[at - 1] === 0x5d && bytes[at - 2] === 0x5d) return DOUBT;
    } else if (kind === FORBIDDEN || isNoCharacter(bytes, at)) {
      return DOUBT;
    }
  }
  cursor.lines = lines;
  cursor.surplus = surplus;
  cursor.special = special;
  return at;
}

/**
 * Passes over anything XML may hold to a byte that is ASCII.
 * @returns its index, MORE or DOUBT
 */
export function passTo(cursor: XmlCursor, from: number, wanted: number): number {
  const { bytes } = cursor;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === wanted) return at;
    const kind = KINDS[byte];
    if (kind === PLAIN) continue;
    if (kind === CONTINUATION) cursor.surplus++;
    else if (kind === FOUR_BYTES) cursor.surplus--;
    else if (kind === LINE_FEED) cursor.lines++;
    else if (kind === RETURN) cursor.lines += bytes[at + 1] === 0x0a ? 0 : 1;
    else if (kind === FORBIDDEN) return DOUBT;
    else if (kind === LAST_OF_PLANE && isNoCharacter(bytes, at)) return DOUBT;
  }
  return MORE;
}

/** Passes on to two or three bytes that are ASCII and follow one another. @returns the index of the first, MORE or DOUBT */
export function passToAll(cursor: XmlCursor, from: number, wanted: readonly number[]): number {
  const { bytes } = cursor;
  const [first = 0] = wanted;
  for (let at = from; ; at++) {
    at = passTo(cursor, at, first);
    if (at < 0) return at;
    if (at + wanted.length > bytes.length) return MORE;
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  }
}

/** Passes over blanks and line ends. @returns the index of the first other byte, or the end of the bytes */
export function passBlanks(cursor: XmlCursor, from: number): number {
  const { bytes } = cursor;
  let at = from;
  for (; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === 0x0a) cursor.lines++;
    else if (byte === 0x0d) cursor.lines += bytes[at + 1] === 0x0a ? 0 : 1;
    else if (byte !== 0x20 && byte !== 0x09) break;
  }
  return at;
}

/** Whether all bytes from `from` up to `to` are blanks or line ends. */
export function isBlankBetween(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (!isBlankByte(bytes[at])) return false;
  return true;
}

export function isBlankByte(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Whether a name stands here, with nothing behind it that could belong to it. */
export function isNamed(bytes: Buffer, at: number, name: Buffer): boolean {
  const { length } = name;
  for (let index = 0; index < length; index++) if (bytes[at + index] !== name[index]) return false;
  return endsName(bytes[at + length]);
}

/** @returns the index behind the name that begins here, or MORE */
export function endOfName(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at++) if (endsName(bytes[at])) return at;
  return MORE;
}

function endsName(byte: number | undefined): boolean {
  return byte === 0x3e || byte === 0x3d || byte === 0x2f || byte === 0x3f || isBlankByte(byte);
}

/** @param base `surplus` as it was at `from`; it is now as it is at `to` */
export function textBetween(cursor: XmlCursor, from: number, to: number, base: number): string {
  if (from === to) return "";
  if (to > cursor.to) {
    if (to - from > STRETCH >> 1) return textOf(cursor, from, to);
    startStretch(cursor, from, base);
  }
  const shift = cursor.from - cursor.base;
  return cursor.text.slice(from - base - shift, to - cursor.surplus - shift);
}

function startStretch(cursor: XmlCursor, from: number, base: number): void {
  const { bytes } = cursor;
  let to = Math.min(from + STRETCH, bytes.length);
  while (((bytes[to] ?? 0) & 0xc0) === 0x80) to--;
  cursor.text = textOf(cursor, from, to);
  cursor.from = from;
  cursor.to = to;
  cursor.base = base;
}

function textOf({ bytes, ascii }: XmlCursor, from: number, to: number): string {
  return bytes.toString(ascii ? "latin1" : "utf8", from, to);
}

/** Whether U+FFFE or U+FFFF begins here, in valid UTF-8. */
function isNoCharacter(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbf && (bytes[at + 2] ?? 0) >= 0xbe;
}
