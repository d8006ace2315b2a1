import type { JsonObject } from "../message/json.ts";
import type { RecordHead, RecordKey, RecordRow } from "../store/crm-tables.ts";
import type { Origin } from "../store/origin.ts";
import { type Exception, packChanged, unpackChanged } from "./provenance.ts";

/** A source record while a batch works on it; the one thing here that changes in place. */
export interface WorkingRecord extends RecordKey {
  readonly id: number;
  customer: number | null;
  version: string | number | null;
  hash: string | null;
  deleted: boolean;
  values: JsonObject;
  origin: Origin;
  changed: readonly Exception[] | null;
  born: number | null;
  /** The customer's record it refers to; its customer is this one's, also when that moves within the batch. */
  holder: WorkingRecord | null;
  /** Id of the holder as stored, when the holder itself is not loaded. */
  holderId: number | null;
  phone: string | null;
  email: string | null;
  happenedAt: number | null;
  /** What has to be written. */
  fate: "kept" | "seen" | "changed" | "new";
}

/** Whose a record is, and by which of the customer's records that is known. */
export type RecordOwner = Pick<WorkingRecord, "customer" | "holder" | "holderId">;

export function ownedBy(holder: WorkingRecord): RecordOwner {
  return { customer: holder.customer, holder, holderId: holder.id };
}

export function customerOf(record: WorkingRecord): number | null {
  return record.holder === null ? record.customer : record.holder.customer;
}

const NO_ORIGIN: Origin = { message: null, file: null, row: null, flowVersion: 0, at: 0 };

/** A record that is not stored yet. */
export function newRecord(id: number, key: RecordKey, origin: Origin): WorkingRecord {
  return {
    id,
    entity: key.entity,
    system: key.system,
    externalId: key.externalId,
    customer: null,
    version: null,
    hash: null,
    deleted: false,
    values: {},
    origin,
    changed: null,
    born: null,
    holder: null,
    holderId: null,
    phone: null,
    email: null,
    happenedAt: null,
    fate: "new",
  };
}

/** A stored record of which only the head is needed: others refer to it, the batch does not change it. */
export function recordFromHead(head: RecordHead): WorkingRecord {
  const { customer, version, hash } = head;
  return { ...newRecord(head.id, head, NO_ORIGIN), customer, version, hash, fate: "kept" };
}

export function recordFromRow(row: RecordRow): WorkingRecord {
  const {
    entity,
    system,
    externalId,
    id,
    customer,
    version,
    hash,
    deleted,
    origin,
    phone,
    email,
    happenedAt,
  } = row;
  return {
    ...{ entity, system, externalId, id, customer, version, hash, deleted, origin, phone, email, happenedAt },
    values: JSON.parse(row.values) as JsonObject,
    changed: unpackChanged(row.changed),
    born: row.born ?? row.customer,
    holder: null,
    holderId: row.holder,
    fate: "kept",
  };
}

/** The record as a row. Written out, not spread: it runs for every record of a load. */
export function rowFromRecord(record: WorkingRecord): RecordRow {
  const customer = customerOf(record);
  return {
    id: record.id,
    entity: record.entity,
    system: record.system,
    externalId: record.externalId,
    customer,
    version: record.version,
    hash: record.hash,
    deleted: record.deleted,
    values: JSON.stringify(record.values),
    origin: record.origin,
    changed: record.changed === null ? null : packChanged(record.changed),
    born: record.born === customer ? null : record.born,
    holder: record.holder === null ? record.holderId : record.holder.id,
    phone: record.phone,
    email: record.email,
    happenedAt: record.happenedAt,
  };
}
