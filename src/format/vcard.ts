import { asHubError, HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import type { Format, RecordStream, Row } from "./format.ts";
import { appendLine, type LineBlock, lineBlock } from "./line-block.ts";
import { type Line, readLines } from "./lines.ts";
import { placedInFile, utf8Text } from "./text.ts";
import { parseCard } from "./vcard-card.ts";

/** vCard as a flow declares it. */
export interface VcardOptions {
  readonly encoding?: string;
  /** Largest card in bytes, pictures included; default 1 MiB. */
  readonly recordLimit?: number;
}

/** Cards of contacts, vCard 2.1 to 4.0. `decode` takes one. */
export function openVcard(options: VcardOptions): Format {
  const limit = options.recordLimit ?? 1024 * 1024;
  return {
    name: "vcard",
    mediaTypes: ["text/vcard", "text/x-vcard"],
    encoding: options.encoding ?? "utf-8",
    wholeFile: false,
    decode: (utf8) => parseCard(utf8Text(utf8).trim()),
    records: (path) => readVcardFile(path, limit),
  };
}

/** The cards of a file. @param step bytes read at once */
export function readVcardFile(path: string, limit: number, step?: number): RecordStream {
  return { context: { format: "vcard" }, [Symbol.asyncIterator]: () => rows(path, limit, step) };
}

async function* rows(path: string, limit: number, step: number | undefined): AsyncGenerator<readonly Row[]> {
  let row = 0;
  let card: LineBlock | undefined;
  for await (const lines of readLines(path, limit, step)) {
    const batch: Row[] = [];
    for (const line of lines) {
      card = withLine(card, line, limit);
      if (card === undefined || !/^END:VCARD\s*$/i.test(line.bytes?.toString("latin1") ?? "")) continue;
      batch.push(toRow(card, ++row));
      card = undefined;
    }
    if (batch.length > 0) yield batch;
  }
  if (card !== undefined) {
    throw new HubError("TL_FILE_TRUNCATED", "the last card has no END:VCARD", { place: { line: card.line } });
  }
}

function withLine(card: LineBlock | undefined, line: Line, limit: number): LineBlock | undefined {
  if (line.bytes === undefined) throw new HubError("TL_RECORD_TOO_LARGE", "a line is too long");
  const isBlank = line.bytes.toString("latin1").trim() === "";
  if (card === undefined) return isBlank ? undefined : lineBlock(line, line.bytes);
  if (card.bytes.length > limit) {
    throw new HubError("TL_RECORD_TOO_LARGE", `a card has more than ${limit} bytes`, {
      place: { line: card.line },
    });
  }
  appendLine(card, line, line.bytes);
  return card;
}

function toRow({ line, offset, bytes }: LineBlock, row: number): Row {
  const own = { row, line, offset, length: bytes.length };
  try {
    const value: Json = parseCard(utf8Text(bytes));
    return { ...own, value, bytes };
  } catch (thrown) {
    return { ...own, error: placedInFile(asHubError(thrown), line, row) };
  }
}
