import { asHubError, HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import type { RecordContext, RecordStream, Row } from "./format.ts";
import { appendLine, type LineBlock, lineBlock } from "./line-block.ts";
import { type Line, readLines } from "./lines.ts";
import { parseEntry } from "./mt940-entry.ts";
import { tagOf } from "./mt940-field.ts";
import { parseStatement, type Statement } from "./mt940-statement.ts";
import { placedInFile, utf8Text } from "./text.ts";

/** The beginnings of the statements of a file that have entries, by which these are read again. */
export interface Mt940Context {
  readonly format: "mt940";
  readonly statements: readonly { readonly at: number; readonly head: string }[];
}

/** Statements of one file at most, since the beginnings of all are kept with it. */
const MOST_STATEMENTS = 1000;

/** Streams the entries of the statements of a UTF-8 file. @param limit most bytes of one @param step bytes read at once */
export function readMt940File(path: string, limit: number, step?: number): RecordStream {
  const statements: { at: number; head: string }[] = [];
  const context: Mt940Context = { format: "mt940", statements };
  return {
    context: context as unknown as RecordContext,
    [Symbol.asyncIterator]: () => rows(path, limit, statements, step),
  };
}

async function* rows(
  path: string,
  limit: number,
  statements: { at: number; head: string }[],
  step: number | undefined,
): AsyncGenerator<readonly Row[]> {
  const reader = createMt940Reader(limit, statements);
  for await (const lines of readLines(path, limit, step)) {
    const batch: Row[] = [];
    for (const line of lines) reader.take(line, batch);
    if (batch.length > 0) yield batch;
  }
  const batch: Row[] = [];
  reader.end(batch);
  if (batch.length > 0) yield batch;
}

interface Mt940Reader {
  /** @throws HubError when the file as a whole is wrong */
  take(line: Line, out: Row[]): void;
  end(out: Row[]): void;
}

/** @param statements grows by the head of each statement that has entries */
export function createMt940Reader(limit: number, statements: { at: number; head: string }[]): Mt940Reader {
  let count = 0;
  /** The beginning of a statement, before its first entry. */
  let head: LineBlock | undefined;
  let statement: Statement | HubError | undefined;
  let entry: LineBlock | undefined;
  let isOpen = false;
  let isNew = true;

  function push(block: LineBlock, out: Row[], decode: () => Json): void {
    count++;
    const bytes = withoutBlankEnd(block.bytes);
    const own = { row: count, line: block.line, offset: block.offset, length: bytes.length };
    try {
      if (bytes.length > limit)
        throw new HubError("TL_RECORD_TOO_LARGE", `the entry has more than ${limit} bytes`);
      out.push({ ...own, value: decode(), bytes, within: statements.at(-1)?.head ?? "" });
    } catch (thrown) {
      out.push({ ...own, error: placedInFile(asHubError(thrown), block.line, count) });
    }
  }

  function finishEntry(out: Row[]): void {
    if (entry === undefined) return;
    const { bytes } = entry;
    push(entry, out, () => {
      if (statement === undefined || statement instanceof HubError) {
        throw statement ?? new HubError("TL_DECODE_FAILED", "an entry (:61:) stands outside of a statement");
      }
      return parseEntry(utf8Text(withoutBlankEnd(bytes)), statement);
    });
    entry = undefined;
  }

  function refuse(block: LineBlock, out: Row[], text: string): void {
    push(block, out, () => {
      throw new HubError("TL_DECODE_FAILED", text);
    });
  }

  function beginEntry(line: Line, bytes: Buffer): void {
    if (head !== undefined) {
      if (statements.length === MOST_STATEMENTS) {
        throw new HubError("TL_DECODE_FAILED", `the file has more than ${MOST_STATEMENTS} statements`, {
          cure: "Have the bank write several files.",
        });
      }
      const text = utf8Text(head.bytes);
      statements.push({ at: line.offset, head: text });
      statement = attempt(() => parseStatement(text));
      head = undefined;
    }
    entry = lineBlock(line, bytes);
  }

  function takeField(tag: string, line: Line, bytes: Buffer, out: Row[]): void {
    if (tag === "20") {
      finishEntry(out);
      const block = lineBlock(line, bytes);
      if (isOpen) refuse(block, out, "the statement before has no closing balance (:62F: or :62M:)");
      head = block;
      statement = undefined;
      isOpen = true;
      isNew = false;
    } else if (isNew) {
      throw new HubError("TL_DECODE_FAILED", "a statement begins with :20:", {
        place: { line: line.number },
      });
    } else if (tag === "61") {
      finishEntry(out);
      beginEntry(line, bytes);
    } else if (tag === "62F" || tag === "62M") {
      finishEntry(out);
      head = undefined;
      statement = undefined;
      isOpen = false;
    } else {
      append(entry ?? head, line, bytes);
    }
  }

  return {
    take(line, out) {
      if (line.bytes === undefined) throw new HubError("TL_RECORD_TOO_LARGE", "a line is too long");
      const bytes = line.bytes;
      const start = bytes.toString("latin1", 0, 8);
      if (/^-(?:\}|XXX|\s*$)/.test(start) && bytes.length < 100) return finishEntry(out);
      const tag = tagOf(start);
      if (tag !== undefined) takeField(tag, line, bytes, out);
      else append(entry ?? head, line, bytes);
    },
    end(out) {
      finishEntry(out);
      if (isOpen) {
        throw new HubError("TL_FILE_TRUNCATED", "the last statement has no closing balance (:62F: or :62M:)");
      }
    },
  };

  function append(block: LineBlock | undefined, line: Line, bytes: Buffer): void {
    if (block === undefined || block.bytes.length > limit) return;
    appendLine(block, line, bytes);
  }
}

function withoutBlankEnd(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] ?? 0) <= 32) end--;
  return bytes.subarray(0, end);
}

function attempt(parse: () => Statement): Statement | HubError {
  try {
    return parse();
  } catch (thrown) {
    return asHubError(thrown);
  }
}
