import { asHubError, HubError } from "../errors.ts";
import { EdiCursor, type Spot } from "./edi-cursor.ts";
import type { EdiContext, EdiSetup, InterchangeHead } from "./edi-dialect.ts";
import { EdiEnvelopes } from "./edi-envelopes.ts";
import { TRAILER_CURE } from "./edi-message.ts";
import { parseSegment, type Separators } from "./edi-segment.ts";
import type { Row } from "./format.ts";
import { placedInFile, utf8Text } from "./text.ts";

/** Reads interchanges over bytes that come in pieces. */
export interface EdiReader {
  readonly context: EdiContext;
  /**
   * Goes on where it stopped, until the bytes or the room in `rows` end.
   * @param offset in the file, of the first byte
   * @param ended whether no bytes follow these
   * @returns how many of the bytes are not needed any more, or "full" when `rows` is
   * @throws HubError when the file as a whole is wrong
   */
  read(bytes: Buffer, offset: number, ended: boolean, rows: Row[]): number | "full";
}

/** @param most rows at once @param from offset of the first byte that counts */
export function createEdiReader(setup: EdiSetup, most: number, from: number): EdiReader {
  const { dialect, limit } = setup;
  const cursor = new EdiCursor(from);
  const envelopes = new EdiEnvelopes(setup);
  let count = 0;
  /** The message that is open. */
  let message: Spot | undefined;
  /** Its beginning was let go, as it is too large. */
  let tooLarge = false;
  let out: Row[] = [];

  function refuse(where: Spot, to: number, text: string, cure?: string): void {
    count++;
    const place = { line: where.line, column: where.at - where.lineAt + 1, record: count };
    const error = new HubError("TL_DECODE_FAILED", text, cure === undefined ? { place } : { place, cure });
    out.push({ row: count, line: where.line, offset: where.at, length: to - where.at, error });
  }

  function finishMessage(begun: Spot, to: number): void {
    count++;
    const own = { row: count, line: begun.line, offset: begun.at, length: to - begun.at };
    try {
      if (tooLarge || own.length > limit) {
        throw new HubError("TL_RECORD_TOO_LARGE", `the message has more than ${limit} bytes`);
      }
      const { decode, within } = envelopes.current;
      const bytes = cursor.slice(begun.at, to);
      out.push({ ...own, value: decode(utf8Text(bytes)), bytes, within });
    } catch (thrown) {
      out.push({ ...own, error: placedFrom(begun, asHubError(thrown), count) });
    }
    message = undefined;
  }

  /** What comes next cannot stand in a message, so one that is open was not ended. */
  function leaveMessage(): void {
    if (message !== undefined)
      refuse(message, cursor.at, `the message is not ended by ${dialect.message.tail}`);
    message = undefined;
  }

  function leaveGroup(): void {
    leaveMessage();
    if (!envelopes.hasGroup) return;
    refuse(cursor.spot(), cursor.at, `the group before is not ended by ${dialect.group.tail}`);
  }

  function take(tag: string, end: number, separators: Separators): void {
    const text = cursor.text(cursor.at, end - 1);
    let fault: string | undefined;
    switch (tag) {
      case dialect.message.head:
        leaveMessage();
        envelopes.beginMessage(cursor.at);
        message = cursor.spot();
        tooLarge = false;
        return;
      case dialect.group.head:
        leaveGroup();
        envelopes.openGroup(text, separators);
        return;
      case dialect.group.tail:
        leaveMessage();
        fault = envelopes.closeGroup(parseSegment(text, separators));
        break;
      case dialect.interchange.tail:
        leaveGroup();
        fault = envelopes.closeInterchange(parseSegment(text, separators));
        break;
      default:
        leaveMessage();
        fault = "a segment stands outside of a message";
    }
    if (fault !== undefined) refuse(cursor.spot(), end, fault, TRAILER_CURE);
  }

  /** One segment. False: more bytes are needed. */
  function step(opened: InterchangeHead, ended: boolean): boolean {
    const { separators } = opened;
    const end = cursor.endOfSegment(separators);
    if (end === -1) {
      if (ended) throw truncated("a segment is not ended");
      if (cursor.bytes.length - (cursor.at - cursor.base) > limit) {
        throw new HubError("TL_RECORD_TOO_LARGE", `a segment has more than ${limit} bytes`, {
          place: place(),
        });
      }
      return false;
    }
    const tag = cursor.tag(separators, end);
    if (tag === dialect.message.tail && message !== undefined) {
      finishMessage(message, end);
    } else if (tag === dialect.object?.head) {
      const after = dialect.object.end(
        cursor.slice(cursor.at, end),
        cursor.bytes,
        end - cursor.base,
        separators,
      );
      if (after === undefined && !ended) return false;
      leaveMessage();
      envelopes.countObject();
      cursor.pass(cursor.base + (after ?? cursor.bytes.length));
      return true;
    } else if (message === undefined || isEnvelope(tag)) {
      take(tag, end, separators);
    }
    cursor.pass(end);
    return true;
  }

  function isEnvelope(tag: string): boolean {
    const { message: own, group, interchange } = dialect;
    return tag === own.head || tag === group.head || tag === group.tail || tag === interchange.tail;
  }

  /** The head of the next interchange. False: more bytes are needed. */
  function begin(ended: boolean): boolean {
    try {
      const head = dialect.open(cursor.bytes, cursor.at - cursor.base);
      if (head === undefined && ended) throw truncated("the head of an interchange is not complete");
      if (head === undefined) return false;
      envelopes.openInterchange(head);
      cursor.pass(cursor.base + head.end);
      return true;
    } catch (thrown) {
      const error = asHubError(thrown);
      throw error.place === undefined
        ? new HubError(error.code, error.message, { place: place(), cure: error.cure })
        : error;
    }
  }

  function place(): { readonly line: number; readonly column: number } {
    const { at, line, lineAt } = cursor.spot();
    return { line, column: at - lineAt + 1 };
  }

  function truncated(text: string): HubError {
    return new HubError("TL_FILE_TRUNCATED", text, { place: place() });
  }

  /** @returns whether to go on */
  function advance(ended: boolean): boolean {
    const { opened } = envelopes;
    if (cursor.passFiller()) return opened === undefined ? begin(ended) : step(opened, ended);
    if (ended && opened !== undefined) {
      throw truncated(`the interchange is not ended by ${dialect.interchange.tail}`);
    }
    return false;
  }

  return {
    context: { format: dialect.name, surroundings: envelopes.surroundings },
    read(bytes, offset, ended, rows) {
      cursor.bytes = bytes;
      cursor.base = offset;
      out = rows;
      while (rows.length < most) {
        if (advance(ended)) continue;
        const kept = message !== undefined && !tooLarge ? message.at : cursor.at;
        tooLarge ||= cursor.at - kept > limit;
        return (tooLarge ? cursor.at : kept) - offset;
      }
      return "full";
    },
  };
}

/** The same failure with its place moved from "within the message" to "within the file". */
function placedFrom(begun: Spot, error: HubError, record: number): HubError {
  const { line = 1, column } = error.place ?? {};
  const moved = placedInFile(error, begun.line, record);
  if (line > 1 || column === undefined) return moved;
  return new HubError(moved.code, moved.message, {
    place: { ...moved.place, column: column + begun.at - begun.lineAt },
    cure: moved.cure,
  });
}
