import type { RecordHead, RecordRow } from "../../store/crm-tables.ts";
import {
  fromRecord,
  RECORD_COLUMNS,
  type RowValue,
  type StoredHead,
  type StoredRecord,
  toHead,
  toRecord,
} from "../rows/crm-row.ts";
import { fromText, toText } from "../rows/row.ts";

/** Versions are JSON text here, since 12 and "12" differ. */
type InText<Row> = Omit<Row, "version"> & { readonly version: string | null };
export type StoredHeadText = InText<StoredHead>;
export type StoredRecordText = InText<StoredRecord>;

export function toHeadFromText(
  entity: RecordHead["entity"],
  system: string,
  row: StoredHeadText,
): RecordHead {
  return toHead(entity, system, { ...row, version: fromText<string | number>(row.version) });
}

export function toRecordFromText(row: StoredRecordText): RecordRow {
  return toRecord({ ...row, version: fromText<string | number>(row.version) });
}

const VERSION = RECORD_COLUMNS.indexOf("version");

/** Values in the order of RECORD_COLUMNS. */
export function fromRecordToText(record: RecordRow): RowValue[] {
  return fromRecord(record).with(VERSION, toText(record.version));
}

const TYPES: Readonly<Record<string, string>> = {
  ...{ entity: "smallint", deleted: "smallint", alive: "smallint" },
  ...{ system: "text", external_id: "text", version: "text", hash: "text", phone: "text", email: "text" },
  ...{ changed: "text", body: "text", name: "text", folded: "text", status: "text" },
};

/** Names of the columns' types; what is not listed is a number of 64 bits. */
export function typesOf(columns: readonly string[]): readonly string[] {
  return columns.map((column) => TYPES[column] ?? "bigint");
}
