import { HubError } from "../errors.ts";
import { type CobolOptions, openCobol } from "./cobol.ts";
import { openCsv } from "./csv.ts";
import type { CsvOptions } from "./csv-options.ts";
import { type EdiOptions, openEdifact, openX12 } from "./edi.ts";
import { encodingName } from "./encoding.ts";
import { type FixedOptions, openFixed } from "./fixed.ts";
import type { Format } from "./format.ts";
import { type JsonOptions, openJson } from "./json-format.ts";
import { openJsonLines } from "./jsonl.ts";
import { type Mt940Options, openMt940 } from "./mt940.ts";
import { openVcard, type VcardOptions } from "./vcard.ts";
import { openXml } from "./xml.ts";
import type { XmlOptions } from "./xml-options.ts";

/** A format as a flow declares it: one name with its options. */
export type FormatDefinition =
  | { readonly json: JsonOptions }
  | { readonly jsonl: Readonly<Record<string, never>> }
  | { readonly csv: CsvOptions }
  | { readonly xml: XmlOptions }
  | { readonly fixed: FixedOptions }
  | { readonly edifact: EdiOptions }
  | { readonly x12: EdiOptions }
  | { readonly mt940: Mt940Options }
  | { readonly cobol: CobolOptions }
  | { readonly vcard: VcardOptions };

/**
 * A format with its options bound.
 * @throws HubError TL_CONFIG_INVALID or TL_HEADER_MISMATCH naming the options that are wrong
 */
export function openFormat(definition: FormatDefinition): Format {
  const format = openNamed(definition);
  encodingName(format.encoding);
  return format;
}

function openNamed(definition: FormatDefinition): Format {
  if ("json" in definition) return openJson(definition.json);
  if ("jsonl" in definition) return openJsonLines();
  if ("csv" in definition) return openCsv(definition.csv);
  if ("xml" in definition) return openXml(definition.xml);
  if ("fixed" in definition) return openFixed(definition.fixed);
  if ("edifact" in definition) return openEdifact(definition.edifact);
  if ("x12" in definition) return openX12(definition.x12);
  if ("mt940" in definition) return openMt940(definition.mt940);
  if ("cobol" in definition) return openCobol(definition.cobol);
  if ("vcard" in definition) return openVcard(definition.vcard);
  throw new HubError(
    "TL_CONFIG_INVALID",
    "a format is one of json, jsonl, csv, xml, fixed, edifact, x12, mt940, cobol, vcard",
  );
}
