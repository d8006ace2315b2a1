import { HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import { type CobolOptions, cobolBytes } from "./cobol.ts";
import type { CobolRecords } from "./cobol-file.ts";
import { type CobolItem, parseCopybook } from "./copybook.ts";
import { NOTHING, type RecordWriter, recordsOf } from "./record-writer.ts";
import { layoutOf } from "./write-cobol-layout.ts";
import { type CobolWriting, encodeCobol } from "./write-cobol-record.ts";
import { refused } from "./write-refusal.ts";

/** Records of a COBOL program as they are written, with the words by which they are read. */
export interface CobolWriteOptions extends CobolOptions {
  /** What stands in a number that is missing; default blanks, which read as nothing. */
  readonly missing?: "blanks" | "zeros";
  /** What stands behind a record where `records` are lines; default crlf. */
  readonly newline?: "crlf" | "lf";
}

/** A record and its descriptor are no longer. */
const LONGEST = 0xffff;

/** @throws HubError TL_CONFIG_INVALID, with line and column where the copybook is to blame */
export function cobolWriter(options: CobolWriteOptions): RecordWriter {
  const root = parseCopybook(options.copybook);
  const { encoding = "cp037", records = "fixed", newline = "crlf" } = options;
  const how = cobolBytes(encoding, options.comp5);
  const writing: CobolWriting = {
    layout: layoutOf(root),
    how,
    bytesOf: bytesByCharacter(how.table),
    variable: records !== "fixed",
    missing: options.missing ?? "blanks",
  };
  requireWritable(root, records);
  const framed = frame(records, Buffer.from(newline === "lf" ? "\n" : "\r\n"));
  const part = (body: Json): Uint8Array =>
    Buffer.concat(
      recordsOf(body).flatMap((record, index) => framed(encodeCobol(record, root, writing, index), index)),
    );
  return {
    whole: part,
    check: (body) => void part(body),
    open: () => ({ head: NOTHING, part, tail: () => NOTHING }),
    bom: NOTHING,
    line: undefined,
  };
}

/** Of characters that several bytes stand for, the first. */
function bytesByCharacter(table: readonly string[]): ReadonlyMap<string, number> {
  const bytes = new Map<string, number>();
  for (const [byte, char] of table.entries())
    if (char !== "\0" && char !== "\ufffd" && !bytes.has(char)) bytes.set(char, byte);
  return bytes;
}

function frame(records: CobolRecords, end: Buffer): (bytes: Buffer, record: number) => readonly Buffer[] {
  switch (records) {
    case "fixed":
      return (bytes) => [bytes];
    case "lines":
      return (bytes, record) => {
        if (bytes.includes(10) || bytes.includes(13))
          throw refused(
            record,
            "has a byte that would end its line",
            undefined,
            "Write records that are no `lines`: binary and packed numbers may have any byte.",
          );
        return [bytes, end];
      };
    default:
      return (bytes) => {
        const head = Buffer.alloc(4);
        if (records === "rdw") head.writeUInt16BE(bytes.length + 4, 0);
        else head.writeUInt16LE(bytes.length, 2);
        return [head, bytes];
      };
  }
}

/** @throws HubError TL_CONFIG_INVALID */
function requireWritable(root: CobolItem, records: CobolRecords): void {
  if (records.startsWith("rdw") && root.length + 4 > LONGEST)
    throw new HubError(
      "TL_CONFIG_INVALID",
      "copybook: its record is longer than a record descriptor can say",
    );
  if (records !== "fixed" && hasListWithin(root))
    throw new HubError(
      "TL_CONFIG_INVALID",
      "copybook: a list that DEPENDS ON a number stands in items that REDEFINE each other",
      { cure: "Write `records: fixed`, or describe only what is to be written." },
    );
}

/** Where such a list is shorter, items that read the same bytes would end in different places. */
function hasListWithin(item: CobolItem): boolean {
  const isSuch = item.isAlternative && item.occurs?.dependingOn !== undefined;
  return isSuch || item.items.some(hasListWithin);
}
