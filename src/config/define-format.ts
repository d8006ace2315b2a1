import type { EdiOptions } from "../format/edi.ts";
import type { Mt940Options } from "../format/mt940.ts";
import type { FormatDefinition } from "../format/open.ts";
import type { FlowTexts } from "./flow-texts.ts";
import type { RawCsv, RawEdi, RawFormat, RawText } from "./raw-flow.ts";
import { parseSize } from "./size.ts";

const RECORD_LIMIT = "1MiB";

/** A format with every default filled in; undefined when its layout or copybook could not be read. */
export function defineFormat(
  raw: RawFormat,
  { layout, copybook }: Pick<FlowTexts, "layout" | "copybook">,
): FormatDefinition | undefined {
  if (raw === "json") return { json: {} };
  if (raw === "jsonl") return { jsonl: {} };
  if (raw === "csv") return { csv: defineCsv({}) };
  if (raw === "edifact") return { edifact: defineEdi({}) };
  if (raw === "mt940") return { mt940: defineText({}) };
  if (raw === "vcard") return { vcard: defineText({}) };
  if (raw === "x12") return { x12: defineEdi({}) };
  if ("json" in raw || "jsonl" in raw) return raw;
  if ("csv" in raw) return { csv: defineCsv(raw.csv) };
  if ("xml" in raw) return { xml: { attributes: "@", text: "#text", namespaces: "strip", ...raw.xml } };
  if ("edifact" in raw) return { edifact: defineEdi(raw.edifact) };
  if ("x12" in raw) return { x12: defineEdi(raw.x12) };
  if ("mt940" in raw) return { mt940: defineText(raw.mt940) };
  if ("vcard" in raw) return { vcard: defineText(raw.vcard) };
  if ("cobol" in raw) {
    if (copybook === null) return undefined;
    return { cobol: { encoding: "cp037", records: "fixed", comp5: "big-endian", ...raw.cobol, copybook } };
  }
  if (layout === null) return undefined;
  const { encoding = "utf-8", recordLimit = RECORD_LIMIT } = raw.fixed;
  return { fixed: { layout, encoding, recordLimit: parseSize(recordLimit) ?? 0 } };
}

function defineEdi({ recordLimit = RECORD_LIMIT, ...raw }: RawEdi): EdiOptions {
  return {
    groups: [],
    trailers: "refuse",
    encoding: "utf-8",
    ...raw,
    recordLimit: parseSize(recordLimit) ?? 0,
  };
}

function defineText({ encoding = "utf-8", recordLimit = RECORD_LIMIT }: RawText): Mt940Options {
  return { encoding, recordLimit: parseSize(recordLimit) ?? 0 };
}

type Csv = Extract<FormatDefinition, { csv: unknown }>["csv"];

function defineCsv({ recordLimit = RECORD_LIMIT, empty = "missing", ...raw }: RawCsv): Csv {
  const quote = raw.quote ?? '"';
  return {
    delimiter: ",",
    quote,
    escape: quote,
    encoding: "utf-8",
    header: true,
    trim: false,
    ...raw,
    // `null` without quotes is what YAML reads as nothing; here it is meant as the word.
    empty: empty ?? "null",
    recordLimit: parseSize(recordLimit) ?? 0,
  };
}
