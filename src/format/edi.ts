import { HubError } from "../errors.ts";
import { isObject, type Json } from "../message/json.ts";
import type { EdiContext, EdiDialect, EdiSetup, Surroundings } from "./edi-dialect.ts";
import { readEdiFile } from "./edi-file.ts";
import { setUpGroups } from "./edi-groups.ts";
import { createMessageDecoder, type DecodeMessage } from "./edi-message.ts";
import { createEdiReader } from "./edi-reader.ts";
import { EDIFACT } from "./edifact-dialect.ts";
import type { Format, RecordContext, Row } from "./format.ts";
import { asBuffer, bomLength, utf8Text } from "./text.ts";
import { X12 } from "./x12-dialect.ts";

/** EDIFACT or X12 as a flow declares it. */
export interface EdiOptions {
  /** Segments that begin a group (`LIN`, `LIN/ALC`); those that follow become its `segments`. */
  readonly groups?: readonly string[];
  /** Whether a trailer whose count or reference is wrong makes a bad row; default refuse. */
  readonly trailers?: "refuse" | "ignore";
  /** Where UNB does not name the character set, as UNOA and UNOB do not; X12 never does. Default utf-8. */
  readonly encoding?: string;
  /** Largest message in bytes; default 1 MiB. */
  readonly recordLimit?: number;
}

/**
 * UN/EDIFACT: a record is one message, UNH to UNT. `decode` without a context takes an interchange that holds exactly one.
 */
export function openEdifact(options: EdiOptions): Format {
  return openEdi(options, EDIFACT, "application/edifact");
}

/** ANSI ASC X12: a record is one transaction set, ST to SE. */
export function openX12(options: EdiOptions): Format {
  return openEdi(options, X12, "application/edi-x12");
}

function openEdi(options: EdiOptions, dialect: EdiDialect, mediaType: string): Format {
  const setup: EdiSetup = {
    dialect,
    groups: setUpGroups(options.groups ?? []),
    checks: options.trailers !== "ignore",
    limit: options.recordLimit ?? 1024 * 1024,
  };
  const decoders = new Map<string, DecodeMessage>();
  return {
    name: dialect.name,
    mediaTypes: [mediaType],
    encoding: options.encoding ?? "utf-8",
    wholeFile: true,
    decode(utf8, context, offset) {
      if (context === undefined) return decodeInterchange(asBuffer(utf8), setup);
      const around = surroundingsAt(context, offset ?? 0);
      const key = JSON.stringify(around);
      const decoder = decoders.get(key) ?? createMessageDecoder(setup, around);
      if (decoders.size > 100) decoders.clear();
      decoders.set(key, decoder);
      return decoder(utf8Text(utf8));
    },
    records: (path) => readEdiFile(path, setup),
  };
}

function decodeInterchange(utf8: Buffer, setup: EdiSetup): Json {
  const reader = createEdiReader(setup, Number.POSITIVE_INFINITY, bomLength(utf8));
  const rows: Row[] = [];
  reader.read(utf8, 0, true, rows);
  const error = rows.find((row) => row.error !== undefined)?.error;
  if (error !== undefined) throw error;
  const value = rows[0]?.value;
  if (value === undefined || rows.length > 1) {
    throw new HubError("TL_DECODE_FAILED", `expected one message in the interchange, found ${rows.length}`, {
      cure: "Interchanges of several messages come as files.",
    });
  }
  return value;
}

function surroundingsAt(context: RecordContext, offset: number): Surroundings {
  const all = isEdiContext(context) ? context.surroundings : [];
  const found = all.findLast(({ at }) => at <= offset) ?? all[0];
  if (found === undefined) {
    throw new HubError("TL_DECODE_FAILED", "the interchange that the message stood in is not known");
  }
  return found;
}

function isEdiContext(context: unknown): context is EdiContext {
  return isObject(context) && Array.isArray(context["surroundings"]);
}
