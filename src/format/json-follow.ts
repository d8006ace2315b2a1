import { HubError } from "../errors.ts";

const LF = 10;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;

/** Finds where one JSON value or name ends, over bytes that come in pieces; without recursion, and without parsing it. */
export interface JsonFollower {
  /** Line ends passed by since the beginning. */
  lines: number;
  /** A new value begins. */
  reset(): void;
  /**
   * Goes on at `from`. The index of the comma, colon or closing bracket after the value, or -1: more bytes are needed.
   * @throws HubError TL_DECODE_FAILED when a bracket does not match the one it should close
   */
  follow(bytes: Buffer, from: number): number;
  /** Whether the value may end here, at the end of the file. */
  isWhole(): boolean;
}

export function createJsonFollower(): JsonFollower {
  /** Closing brackets that are due, innermost last. */
  const due: number[] = [];
  let inString = false;
  let escaped = false;
  let used = false;
  const self: JsonFollower = {
    lines: 0,
    reset() {
      due.length = 0;
      inString = escaped = used = false;
    },
    follow(bytes, from) {
      for (let at = from; at < bytes.length; at++) {
        const byte = bytes[at];
        if (byte === LF) self.lines++;
        if (inString) {
          if (escaped) escaped = false;
          else if (byte === BACKSLASH) escaped = true;
          else if (byte === QUOTE) inString = false;
        } else if (byte === QUOTE) {
          inString = true;
        } else if (byte === 0x7b || byte === 0x5b) {
          due.push(byte + 2);
        } else if (due.length === 0) {
          if (byte === COMMA || byte === COLON || byte === 0x7d || byte === 0x5d) return at;
        } else if (byte === 0x7d || byte === 0x5d) {
          if (due.pop() !== byte)
            throw new HubError("TL_DECODE_FAILED", "a bracket closes another kind of bracket");
        }
        used = true;
      }
      return -1;
    },
    isWhole: () => used && !inString && due.length === 0,
  };
  return self;
}
