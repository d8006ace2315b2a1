import type { Entity } from "../message/entity.ts";
import type { Origin } from "./origin.ts";

/** What names a source record: one system's record of one entity. Unique. */
export interface RecordKey {
  readonly entity: Entity;
  readonly system: string;
  readonly externalId: string;
}

/** As much of a source record as the unchanged and stale checks need. */
export interface RecordHead extends RecordKey {
  readonly id: number;
  /** The customer it belongs to; null when nobody is known for it. */
  readonly customer: number | null;
  /** Version of the last record that was applied or found equal. */
  readonly version: string | number | null;
  /** Hash of that record. */
  readonly hash: string | null;
}

/**
 * One system's view of one thing: cross-reference, provenance, staleness and unchanged check in one row.
 * Values are kept when it is deleted, for audit, but do not count.
 */
export interface RecordRow extends RecordHead {
  readonly deleted: boolean;
  /** Canonical values as JSON text, without nulls, `op` and `id`. */
  readonly values: string;
  /** Where the values came from, but for those that `changed` names. */
  readonly origin: Origin;
  /** JSON text, see `crm/provenance.ts`; null when every value came from `origin`. */
  readonly changed: string | null;
  /** The customer it was first given on its own, to go back to when it is parted; null = `customer`. */
  readonly born: number | null;
  /** Id of the customer's record that an interaction, invoice, order or payment refers to. */
  readonly holder: number | null;
  /**
   * Look-up forms by which it is found while nobody is known for it: the contact of an interaction (`crm/contact.ts`); of a
   * payment who paid, and the invoice that was paid (`crm/payment-owner.ts`), which look like no contact.
   */
  readonly phone: string | null;
  readonly email: string | null;
  /** Milliseconds since 1970 of the happening; null for customers. */
  readonly happenedAt: number | null;
}

/** A record as it is written first: the text of its values may be bytes, in UTF-8. */
export interface NewRecordRow extends Omit<RecordRow, "values"> {
  readonly values: string | Uint8Array;
}

/** A customer's row: what lists and look-ups need. The golden record itself is computed from the source records. */
export interface CustomerRow {
  readonly id: number;
  /** Display name; null when nothing names it. */
  readonly name: string | null;
  /** Folded display name, for search by prefix. */
  readonly folded: string | null;
  readonly status: string | null;
  /** Rises with every real change. */
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** False when no system has a live record of it. */
  readonly alive: boolean;
  /** The customer that stands for this one since a declared cross-reference joined them. */
  readonly mergedInto: number | null;
}

export type ContactKind = "phone" | "email";

/** A number or address in its look-up form, and a customer whose golden record has it. */
export interface ContactPoint {
  readonly kind: ContactKind;
  readonly value: string;
  readonly customer: number;
}

/** A declared cross-reference: `record` says that (system, externalId) is the same customer. */
export interface LinkRow {
  readonly system: string;
  readonly externalId: string;
  readonly record: number;
}

/** A question of the cross-reference: whose id this is, and the customer's id in another system. */
export interface CrossReference {
  /** A customer's number, or an id that a system gave its record of one. */
  readonly of: number | { readonly system: string; readonly externalId: string };
  /** The system whose id is wanted; null: only the customer. */
  readonly target: string | null;
}

/** The customer who stands for the one asked for since a cross-reference joined them. */
export interface CrossReferenceRow {
  /** Position of the question. */
  readonly at: number;
  readonly customer: number;
  /** Id of its oldest live record in the target; null when there is none, or no target. */
  readonly id: string | null;
}

/** What one batch changes, written together. A record or customer appears in one list only. */
export interface CrmWrites {
  readonly newCustomers: readonly CustomerRow[];
  readonly customers: readonly CustomerRow[];
  readonly newRecords: readonly NewRecordRow[];
  readonly records: readonly RecordRow[];
  /** Records found equal: only version and hash are new. */
  readonly seen: readonly {
    readonly id: number;
    readonly version: string | number | null;
    readonly hash: string | null;
  }[];
  readonly newContacts: readonly ContactPoint[];
  readonly oldContacts: readonly ContactPoint[];
  readonly newLinks: readonly LinkRow[];
  readonly oldLinks: readonly LinkRow[];
  /** Customers that lost records: interactions, invoices and orders follow the record they refer to. */
  readonly moved: readonly number[];
  /** Customers joined into another, in order: what was found for them by contact follows too. */
  readonly merged: readonly { readonly from: number; readonly to: number }[];
}

/**
 * Customers nobody knew, each with its one record, by column: rows of a file, or messages, of which nothing but themselves
 * decides what they come to. A first load is little else, and an object for each row and table would cost more than to
 * store them.
 */
export interface Newcomers {
  readonly system: string;
  /** Null: they are messages. */
  readonly file: number | null;
  readonly flowVersion: number;
  /** Milliseconds since 1970: when they were accepted, all together or each. */
  readonly at: number | readonly number[];
  /** Rows of the file; of messages, their places. */
  readonly rows: readonly number[];
  readonly externalIds: readonly string[];
  readonly versions: readonly (string | number | null)[];
  readonly hashes: readonly (string | null)[];
  /** As in `RecordRow`. */
  readonly values: Utf8Texts;
  readonly names: readonly (string | null)[];
  readonly folded: readonly (string | null)[];
  readonly statuses: readonly (string | null)[];
  readonly contacts: readonly ContactColumn[];
}

/** Texts in UTF-8, one after the other. */
export interface Utf8Texts {
  readonly bytes: Uint8Array;
  /** Bytes of each. */
  readonly lengths: ArrayLike<number>;
}

/** Contacts of one kind in ascending order, each with the position of the newcomer who has it. */
export interface ContactColumn {
  readonly kind: ContactKind;
  readonly values: readonly string[];
  readonly owners: ArrayLike<number>;
}

/** Of a record: there is none of this name; the one there is was applied last with this hash; with another. */
export type Known = "new" | "same" | "other";

/** What the CRM needs from one store transaction. Every method takes a set, so a batch costs a few statements. */
export interface CrmTables {
  /** Keeps other processes from applying records until the transaction ends. Before anything is read to be changed. */
  alone(): Promise<void>;
  /** Draws ids that are never given again; gives the first of each kind. */
  reserve(
    customers: number,
    records: number,
  ): Promise<{ readonly customer: number; readonly record: number }>;
  /** The known ones of these records; in no order. */
  heads(entity: Entity, system: string, externalIds: readonly string[]): Promise<readonly RecordHead[]>;
  /**
   * What is known of records by name and hash, position by position. One answer for all: most are new, or most the same.
   * @param hashes of the records as they are now, as many as names; null is the same as nothing
   */
  compare(
    entity: Entity,
    system: string,
    externalIds: readonly string[],
    hashes: readonly (string | null)[],
  ): Promise<readonly Known[]>;
  records(ids: readonly number[]): Promise<readonly RecordRow[]>;
  /** The customer records (no interactions, invoices, orders) of these customers, deleted ones too. */
  recordsOf(customers: readonly number[]): Promise<readonly RecordRow[]>;
  customers(ids: readonly number[]): Promise<readonly CustomerRow[]>;
  /** Records that belong to nobody yet and are found by one of these look-up forms; deleted ones are left out. */
  unassigned(column: "phone" | "email", values: readonly string[]): Promise<readonly RecordRow[]>;
  /** The answers to these questions, in no order; those about nobody known are left out. One statement for all. */
  crossReference(asked: readonly CrossReference[]): Promise<readonly CrossReferenceRow[]>;
  withContact(kind: ContactKind, values: readonly string[]): Promise<readonly ContactPoint[]>;
  /** Declared cross-references to these ids, with the customer of the record that declares. */
  linksTo(
    system: string,
    externalIds: readonly string[],
  ): Promise<readonly (LinkRow & { readonly customer: number | null })[]>;
  /**
   * Writes it all, in the order of the lists. Of the interactions found by contact for a `moved` customer, those whose
   * contact it has no more go to the only customer who has, or to none.
   */
  write(writes: CrmWrites): Promise<void>;
  /**
   * Writes newcomers as new customers and records, whose ids follow these.
   * @throws when a record of one is there already
   * @param now milliseconds since 1970: when they became customers
   */
  arrive(
    newcomers: Newcomers,
    ids: { readonly customer: number; readonly record: number },
    now: number,
  ): Promise<void>;
  /** How often something was written since the store was opened: the same count twice means that nothing changed. */
  written(): number;
}
