import type { NewRecordRow, RecordHead, RecordRow } from "../../store/crm-tables.ts";
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

/** All columns but the body, which is the last one and travels as bytes. */
export const HEAD_COLUMNS = RECORD_COLUMNS.slice(0, -1);

const VERSION = HEAD_COLUMNS.indexOf("version");

/** Values in the order of HEAD_COLUMNS. */
export function fromRecordHead(record: NewRecordRow): RowValue[] {
  const head = fromRecord(record).slice(0, -1) as RowValue[];
  return head.with(VERSION, toText(record.version));
}

export function bodyOf({ values }: NewRecordRow): Uint8Array {
  return typeof values === "string" ? Buffer.from(values) : values;
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
