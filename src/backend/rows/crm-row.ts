import { ENTITIES, type Entity } from "../../message/entity.ts";
import type {
  ContactKind,
  CustomerRow,
  NewRecordRow,
  RecordHead,
  RecordRow,
} from "../../store/crm-tables.ts";

/** What a column of a row takes. */
export type RowValue = string | number | null;

export const RECORD_COLUMNS = [
  ...[
    "id",
    "entity",
    "system",
    "external_id",
    "customer",
    "version",
    "hash",
    "deleted",
    "born",
    "holder",
    "phone",
  ],
  ...["email", "happened_at", "message", "file", "file_row", "flow_version", "at", "changed", "body"],
] as const;

export const CUSTOMER_COLUMNS = [
  ...["id", "name", "folded", "status", "revision", "created_at", "updated_at", "alive", "merged_into"],
] as const;

/** A head as selected: `id, external_id, customer, version, hash`. */
export interface StoredHead {
  readonly id: number;
  readonly external_id: string;
  readonly customer: number | null;
  readonly version: string | number | null;
  readonly hash: string | null;
}

export interface StoredRecord extends StoredHead {
  readonly entity: number;
  readonly system: string;
  readonly deleted: number;
  readonly born: number | null;
  readonly holder: number | null;
  readonly phone: string | null;
  readonly email: string | null;
  readonly happened_at: number | null;
  readonly message: number | null;
  readonly file: number | null;
  readonly file_row: number | null;
  readonly flow_version: number;
  readonly at: number;
  readonly changed: string | null;
  readonly body: string;
}

export interface StoredCustomer {
  readonly id: number;
  readonly name: string | null;
  readonly folded: string | null;
  readonly status: string | null;
  readonly revision: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly alive: number;
  readonly merged_into: number | null;
}

export function entityNumber(entity: Entity): number {
  return ENTITIES.indexOf(entity);
}

export function kindNumber(kind: ContactKind): number {
  return kind === "phone" ? 0 : 1;
}

export function toHead(entity: Entity, system: string, row: StoredHead): RecordHead {
  const { id, external_id: externalId, customer, version, hash } = row;
  return { entity, system, externalId, id, customer, version, hash };
}

export function toRecord(row: StoredRecord): RecordRow {
  const { system, born, holder, phone, email, changed, message, file, at } = row;
  return {
    ...toHead(ENTITIES[row.entity] as Entity, system, row),
    ...{ born, holder, phone, email, changed },
    deleted: row.deleted === 1,
    values: row.body,
    happenedAt: row.happened_at,
    origin: { message, file, row: row.file_row, flowVersion: row.flow_version, at },
  };
}

/** Values in the order of RECORD_COLUMNS. The last one, the body, may be bytes: a text in UTF-8. */
export function fromRecord(record: NewRecordRow): (RowValue | Uint8Array)[] {
  const { origin } = record;
  return [
    record.id,
    entityNumber(record.entity),
    record.system,
    record.externalId,
    record.customer,
    record.version,
    record.hash,
    record.deleted ? 1 : 0,
    record.born,
    record.holder,
    record.phone,
    record.email,
    record.happenedAt,
    origin.message,
    origin.file,
    origin.row,
    origin.flowVersion,
    origin.at,
    record.changed,
    record.values,
  ];
}

export function toCustomer(row: StoredCustomer): CustomerRow {
  const { id, name, folded, status, revision } = row;
  return {
    ...{ id, name, folded, status, revision },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    alive: row.alive === 1,
    mergedInto: row.merged_into,
  };
}

/** Values in the order of CUSTOMER_COLUMNS. */
export function fromCustomer(customer: CustomerRow): RowValue[] {
  const { id, name, folded, status, revision, createdAt, updatedAt, alive, mergedInto } = customer;
  return [id, name, folded, status, revision, createdAt, updatedAt, alive ? 1 : 0, mergedInto];
}
