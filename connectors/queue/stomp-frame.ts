/** One frame of STOMP 1.2; of a header that comes several times the first value counts. */
export interface Frame {
  readonly command: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** What a broker sent is no STOMP 1.2, or is larger than it may be. */
export class FrameError extends Error {
  override readonly name = "FrameError";
  /** True: it is a frame, and too large for us. */
  readonly tooLarge: boolean;

  constructor(message: string, tooLarge = false) {
    super(message);
    this.tooLarge = tooLarge;
  }
}

/** Bytes of command and headers. */
const LARGEST_HEAD = 64 * 1024;
const MOST_HEADERS = 500;
const [LF, CR, NUL] = [10, 13, 0];
const NONE = Buffer.alloc(0);

interface Head {
  readonly command: string;
  readonly headers: ReadonlyMap<string, string>;
  /** Bytes of the body; null: it ends with the first NUL. */
  readonly length: number | null;
}

/**
 * Cuts the bytes of a connection into frames. Line ends between frames, which are heart-beats, are dropped.
 * @param largestBody bytes
 * @returns a function that takes what came and gives the frames that are whole
 * @throws FrameError
 */
export function frameReader(largestBody: number): (chunk: Buffer) => readonly Frame[] {
  let rest: Buffer = NONE;
  let head: Head | null = null;
  let pieces: Buffer[] = [];
  let size = 0;

  const takeHead = (bytes: Buffer): Buffer => {
    const all = withoutHeartBeats(rest.length === 0 ? bytes : Buffer.concat([rest, bytes]));
    const end = endOfHead(all, Math.max(0, rest.length - 3));
    if ((end?.at ?? all.length) > LARGEST_HEAD)
      throw new FrameError(`the head of a frame has more than ${LARGEST_HEAD} bytes`, true);
    rest = end === null ? all : NONE;
    if (end === null) return NONE;
    head = parseHead(all.subarray(0, end.at), largestBody);
    return all.subarray(end.after);
  };

  const takeBody = ({ command, headers, length }: Head, bytes: Buffer, whole: Frame[]): Buffer => {
    const end = length === null ? bytes.indexOf(NUL) : length - size < bytes.length ? length - size : -1;
    const piece = end < 0 ? bytes : bytes.subarray(0, end);
    pieces.push(piece);
    size += piece.length;
    if (size > largestBody) throw tooLong(largestBody);
    if (end < 0) return NONE;
    if (bytes[end] !== NUL) throw new FrameError("a body is longer than its content-length");
    whole.push({ command, headers, body: Buffer.concat(pieces, size) });
    [head, pieces, size] = [null, [], 0];
    return bytes.subarray(end + 1);
  };

  return (chunk) => {
    const whole: Frame[] = [];
    let left = chunk;
    while (left.length > 0) left = head === null ? takeHead(left) : takeBody(head, left, whole);
    return whole;
  };
}

/** @throws RangeError when a header holds NUL, or CR or LF where the command has no escapes for them */
export function frameBytes(
  command: string,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array = NONE,
): Buffer {
  const isEscaped = hasEscapes(command);
  const whole = body.length === 0 ? headers : { ...headers, "content-length": String(body.length) };
  const lines = Object.entries(whole).map(([name, value]) =>
    isEscaped ? `${escaped(name)}:${escaped(value)}` : `${plain(name)}:${plain(value)}`,
  );
  const head = [command, ...lines].join("\n");
  if (head.includes("\0")) throw new RangeError("a header for the broker holds a NUL");
  return Buffer.concat([Buffer.from(`${head}\n\n`), body, Buffer.of(NUL)]);
}

function withoutHeartBeats(bytes: Buffer): Buffer {
  let at = 0;
  while (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] === LF)) at += bytes[at] === LF ? 1 : 2;
  return bytes.subarray(at);
}

/** The first empty line, looked for from `from` on. */
function endOfHead(bytes: Buffer, from: number): { readonly at: number; readonly after: number } | null {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return { at, after: at + 2 };
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return { at, after: at + 3 };
  }
  return null;
}

function parseHead(bytes: Buffer, largestBody: number): Head {
  const [command = "", ...lines] = bytes
    .toString()
    .split("\n")
    .map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  if (!/^[A-Z]{3,16}$/.test(command)) throw new FrameError("what came is no frame of STOMP");
  if (lines.length > MOST_HEADERS)
    throw new FrameError(`a frame has more than ${MOST_HEADERS} headers`, true);
  const headers = new Map<string, string>();
  const read = hasEscapes(command) ? unescaped : (text: string) => text;
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon < 1) throw new FrameError("a header has no name");
    const name = read(line.slice(0, colon));
    if (!headers.has(name)) headers.set(name, read(line.slice(colon + 1)));
  }
  return { command, headers, length: lengthOf(headers.get("content-length"), largestBody) };
}

function lengthOf(text: string | undefined, largest: number): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,15}$/.test(text)) throw new FrameError("a content-length is no number");
  if (Number(text) > largest) throw tooLong(largest);
  return Number(text);
}

function tooLong(largest: number): FrameError {
  return new FrameError(`a message has more than ${largest} bytes`, true);
}

/** The frames that begin a connection have none, for the sake of STOMP 1.0. */
function hasEscapes(command: string): boolean {
  return command !== "CONNECT" && command !== "CONNECTED";
}

const ESCAPES: Readonly<Record<string, string>> = { "\r": "\\r", "\n": "\\n", ":": "\\c", "\\": "\\\\" };
const ESCAPED: Readonly<Record<string, string>> = { "\\r": "\r", "\\n": "\n", "\\c": ":", "\\\\": "\\" };

function escaped(text: string): string {
  return text.replace(/[\r\n:\\]/g, (found) => ESCAPES[found] ?? found);
}

function plain(text: string): string {
  if (/[\r\n]/.test(text)) throw new RangeError("a header for the broker holds a line break");
  return text;
}

/** Any other escape is an error, says the specification. */
function unescaped(text: string): string {
  return text.replace(/\\[\s\S]?/g, (found) => {
    const meant = ESCAPED[found];
    if (meant === undefined) throw new FrameError("a header holds an escape that STOMP does not know");
    return meant;
  });
}
