import { asHubError, HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import { parseJson } from "./json.ts";
import { createJsonFollower } from "./json-follow.ts";

/** Cuts the items of one array out of JSON bytes that pass by in pieces. */
export interface JsonCutter {
  /** Of the item found last: its line, and the offsets in the file where it begins and ends. */
  line: number;
  start: number;
  end: number;
  /**
   * Looks for the next item in the bytes at hand; false when there is none in them.
   * @param offset of the first byte at hand
   * @param ended the bytes reach to the end of the file
   * @throws HubError TL_DECODE_FAILED when what is around the items is not JSON or has no such array;
   *   TL_FILE_TRUNCATED at the end of the file
   */
  next(bytes: Buffer, offset: number, ended: boolean): boolean;
  /** Offset of the first byte that must be at hand again in the next call. */
  keepFrom(): number;
}

type Phase =
  | "target"
  | "name or end"
  | "name"
  | "skipped"
  | "close"
  | "item or end"
  | "item"
  | "comma"
  | "end";

const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

/**
 * The items are not parsed here, only their brackets and strings are followed. Members beside the array are passed over
 * in the same way, so their inside is not checked.
 * @param pointer names of the members that lead to the array; empty: the text is the array, or else itself the one item
 * @param from offset of the first byte, behind a byte order mark
 */
export function createJsonCutter(pointer: readonly string[], from: number): JsonCutter {
  const follower = createJsonFollower();
  let phase: Phase = "target";
  let at = from;
  /** Where the value or name that is being followed begins; -1 between them. */
  let token = -1;
  let tokenLine = 1;
  /** How many objects around the array are open, and for each whether the member to follow was met. */
  let level = 0;
  const met: boolean[] = [];
  let whole = false;

  const self: JsonCutter = {
    line: 1,
    start: from,
    end: from,
    next(bytes, offset, ended) {
      try {
        return step(bytes, offset, ended);
      } catch (thrown) {
        throw placed(asHubError(thrown));
      }
    },
    keepFrom: () => (token >= 0 && phase !== "skipped" ? token : at),
  };
  return self;

  function step(bytes: Buffer, offset: number, ended: boolean): boolean {
    const limit = offset + bytes.length;
    for (;;) {
      if (token === -1) passBlanks(bytes, offset);
      if (at >= limit) {
        if (!ended || phase === "end") return false;
        if (whole && token >= 0 && follower.isWhole()) return found(bytes, offset, "end");
        throw new HubError("TL_FILE_TRUNCATED", "the JSON ends before its brackets are closed");
      }
      const byte = bytes[at - offset] ?? 0;
      if (phase === "target") enter(byte);
      else if (phase === "close") afterMember(byte);
      else if (phase === "comma") afterItem(byte);
      else if (phase === "end") throw wrong("the end of the text");
      else if (phase === "name or end" && byte === CLOSE_OBJECT && token === -1) leaveObject();
      else if (phase === "item or end" && byte === CLOSE_ARRAY && token === -1) leaveArray();
      else if (!followToken(bytes, offset)) at = limit;
      else if (phase === "skipped") endToken("close");
      else if (phase === "name" || phase === "name or end") afterName(bytes, offset);
      else return found(bytes, offset, whole ? "end" : "comma");
    }
  }

  /** True when its end is at hand; `at` is there then. */
  function followToken(bytes: Buffer, offset: number): boolean {
    if (token === -1) {
      token = at;
      tokenLine = follower.lines + 1;
      follower.reset();
    }
    const end = follower.follow(bytes, at - offset);
    if (end === -1) return false;
    at = offset + end;
    return true;
  }

  function endToken(following: Phase): void {
    token = -1;
    phase = following;
  }

  function found(bytes: Buffer, offset: number, following: Phase): boolean {
    let end = at;
    while (end > token && isBlank(bytes[end - 1 - offset])) end--;
    if (end === token && !whole) throw wrong("a value");
    self.start = token;
    self.end = end;
    self.line = tokenLine;
    endToken(following);
    return true;
  }

  function enter(byte: number): void {
    if (level < pointer.length) {
      if (byte !== OPEN_OBJECT) throw wrong(`an object with the member ${describe(level)}`);
      at++;
      met[level] = false;
      level++;
      phase = "name or end";
    } else if (byte === OPEN_ARRAY) {
      at++;
      phase = "item or end";
    } else if (level === 0) {
      whole = true;
      phase = "item";
    } else {
      throw wrong(`an array at ${describe(level - 1)}`);
    }
  }

  function afterName(bytes: Buffer, offset: number): void {
    const name = nameOf(bytes.subarray(token - offset, at - offset));
    if (bytes[at - offset] !== COLON) throw wrong('":"');
    at++;
    endToken("skipped");
    if (name !== pointer[level - 1]) return;
    if (met[level - 1] === true) throw wrong(`the member ${describe(level - 1)} only once`);
    met[level - 1] = true;
    phase = "target";
  }

  function nameOf(bytes: Buffer): string {
    const value: Json = bytes[0] === 0x22 ? parseJson(bytes) : null;
    if (typeof value !== "string") throw wrong("a name in double quotes");
    return value;
  }

  function afterMember(byte: number): void {
    if (byte === CLOSE_OBJECT) {
      leaveObject();
    } else {
      if (byte !== COMMA) throw wrong('"," or "}"');
      at++;
      phase = "name";
    }
  }

  function afterItem(byte: number): void {
    if (byte === CLOSE_ARRAY) {
      leaveArray();
    } else {
      if (byte !== COMMA) throw wrong('"," or "]"');
      at++;
      phase = "item";
    }
  }

  function leaveObject(): void {
    if (met[level - 1] !== true) throw wrong(`a member ${describe(level - 1)}`);
    at++;
    level--;
    phase = level === 0 ? "end" : "close";
  }

  function leaveArray(): void {
    at++;
    phase = level === 0 ? "end" : "close";
  }

  function passBlanks(bytes: Buffer, offset: number): void {
    while (at < offset + bytes.length && isBlank(bytes[at - offset])) {
      if (bytes[at - offset] === 10) follower.lines++;
      at++;
    }
  }

  function describe(index: number): string {
    return `/${pointer.slice(0, index + 1).join("/")}`;
  }

  function wrong(expected: string): HubError {
    return new HubError(
      "TL_DECODE_FAILED",
      `not valid JSON for this flow: expected ${expected} at byte ${at + 1}`,
    );
  }

  function placed(error: HubError): HubError {
    return new HubError(error.code, error.message, { place: { line: follower.lines + 1 }, cure: error.cure });
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9;
}
