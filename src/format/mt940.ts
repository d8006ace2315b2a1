import { HubError } from "../errors.ts";
import { isObject, type Json } from "../message/json.ts";
import type { Format, RecordContext, Row } from "./format.ts";
import { parseEntry } from "./mt940-entry.ts";
import { createMt940Reader, type Mt940Context, readMt940File } from "./mt940-file.ts";
import { parseStatement, type Statement } from "./mt940-statement.ts";
import { asBuffer, bomLength, utf8Text } from "./text.ts";

/** MT940 as a flow declares it. */
export interface Mt940Options {
  readonly encoding?: string;
  /** Largest entry in bytes; default 1 MiB. */
  readonly recordLimit?: number;
}

/**
 * SWIFT MT940 account statements, with what banks write around and into them. A record is one entry (`:61:` with its
 * `:86:`); it carries what its statement says. `decode` without a context takes statements that hold exactly one entry.
 */
export function openMt940(options: Mt940Options): Format {
  const limit = options.recordLimit ?? 1024 * 1024;
  const parsed = new Map<string, Statement>();
  return {
    name: "mt940",
    mediaTypes: ["text/plain"],
    encoding: options.encoding ?? "utf-8",
    wholeFile: true,
    decode(utf8, context, offset) {
      if (context === undefined) return decodeAlone(asBuffer(utf8), limit);
      const head = headAt(context, offset ?? 0);
      const statement = parsed.get(head) ?? parseStatement(head);
      if (parsed.size > 100) parsed.clear();
      parsed.set(head, statement);
      return parseEntry(utf8Text(utf8), statement);
    },
    records: (path) => readMt940File(path, limit),
  };
}

function decodeAlone(utf8: Buffer, limit: number): Json {
  const reader = createMt940Reader(limit, []);
  const rows: Row[] = [];
  let number = 1;
  for (let at = bomLength(utf8); at < utf8.length; number++) {
    const found = utf8.indexOf(10, at);
    const end = found === -1 ? utf8.length : found;
    const cut = end > at && utf8[end - 1] === 13 ? end - 1 : end;
    reader.take(
      { number, offset: at, length: cut - at, bytes: utf8.subarray(at, cut), ended: found !== -1 },
      rows,
    );
    at = end + 1;
  }
  reader.end(rows);
  const error = rows.find((row) => row.error !== undefined)?.error;
  if (error !== undefined) throw error;
  const value = rows[0]?.value;
  if (value === undefined || rows.length > 1) {
    throw new HubError("TL_DECODE_FAILED", `expected one entry, found ${rows.length}`, {
      cure: "Statements of several entries come as files.",
    });
  }
  return value;
}

function headAt(context: RecordContext, offset: number): string {
  const statements = isMt940Context(context) ? context.statements : [];
  const found = statements.findLast(({ at }) => at <= offset) ?? statements[0];
  if (found === undefined) {
    throw new HubError("TL_DECODE_FAILED", "an entry (:61:) stands outside of a statement");
  }
  return found.head;
}

function isMt940Context(context: unknown): context is Mt940Context {
  return isObject(context) && Array.isArray(context["statements"]);
}
