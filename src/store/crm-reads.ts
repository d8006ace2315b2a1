import type {
  ContactKind,
  ContactPoint,
  CustomerRow,
  RecordHead,
  RecordKey,
  RecordRow,
} from "./crm-tables.ts";

/** Where a page of contact history ended: the next one holds what is older. */
export interface HistoryPoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly record: number;
}

/** Where a page of search results ended. */
export interface SearchPoint {
  /** The name, id or contact the last hit was found by. */
  readonly key: string;
  readonly customer: number;
}

/** A customer found, and by which key. */
export interface SearchHit extends SearchPoint {
  readonly name: string | null;
  readonly status: string | null;
}

/** What the customer views need to read; served by a connection of its own that writes nothing. */
export interface CrmReads {
  customers(ids: readonly number[]): Promise<readonly CustomerRow[]>;
  /** The customer records of these customers, deleted ones too. */
  recordsOf(customers: readonly number[]): Promise<readonly RecordRow[]>;
  head(key: RecordKey): Promise<RecordHead | undefined>;
  /** Customers with any of these contacts, in ascending customer; at most `limit` for each. */
  withContact(kind: ContactKind, values: readonly string[], limit: number): Promise<readonly ContactPoint[]>;
  /** Interactions, invoices, orders and payments of a customer, newest first, older than `before`; deleted ones are left out. */
  history(customer: number, before: HistoryPoint | null, limit: number): Promise<readonly RecordRow[]>;
  /** Interactions that belong to nobody yet and name this contact; as `history`. */
  unlinked(
    kind: ContactKind,
    value: string,
    before: HistoryPoint | null,
    limit: number,
  ): Promise<readonly RecordRow[]>;
  /** Interactions, payments and whatever else belongs to nobody yet; as `history`. */
  unassigned(before: HistoryPoint | null, limit: number): Promise<readonly RecordRow[]>;
  /** Live customers whose folded name begins so, by (name, id), after `after`. */
  namedLike(prefix: string, after: SearchPoint | null, limit: number): Promise<readonly SearchHit[]>;
  /** Customers with an external id, in any system, that begins so. */
  idsLike(prefix: string, after: SearchPoint | null, limit: number): Promise<readonly SearchHit[]>;
  /** Customers with a contact that begins so. */
  contactsLike(
    kind: ContactKind,
    prefix: string,
    after: SearchPoint | null,
    limit: number,
  ): Promise<readonly SearchHit[]>;
}
