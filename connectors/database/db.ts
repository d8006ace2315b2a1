import type { Json, SystemFault } from "tieline/connector";

/** A row as JSON: integers beyond 2^53 and decimals are texts, moments are in UTC (RFC 3339), bytes are base64. */
export type DbRow = Readonly<Record<string, Json>>;

/** What is bound to a place of a statement; texts are taken by the server for what the place needs. */
export type DbValue = string | number | boolean | null;

/** The few calls the connector needs of a database, the same for each kind. */
export interface Db {
  /**
   * Runs one statement with bound values.
   * @throws DbFailure
   */
  query(text: string, values: readonly DbValue[], signal?: AbortSignal): Promise<readonly DbRow[]>;
  /** Quotes a name, or a table with its schema. */
  name(text: string): string;
  /** The n-th place for a value, from 1. */
  place(n: number): string;
  /** The same for a value, written as text, that is compared with a column of a kind. */
  comparedPlace(n: number, value: string, kind: ColumnKind | undefined): string;
  /** A moment (RFC 3339 in UTC) as this database takes it. */
  moment(text: string): string;
  /** The present moment, as an expression. */
  readonly presentMoment: string;
  /** What follows the rows of an INSERT, so that rows that are there are changed. */
  orUpdate(key: readonly string[], columns: readonly string[]): string;
  /** Columns of a table whose values this database does not take as texts without being told what they are. */
  kinds(table: string): Promise<ReadonlyMap<string, ColumnKind>>;
  close(): Promise<void>;
}

export type ColumnKind = "moment" | "integer";

/** Whose fault a failure of the database is. `statement`: it failed in a way that says nothing about whose. */
export type DbFault = SystemFault | "statement";

/** A failure in words that quote no data. */
export class DbFailure extends Error {
  override readonly name = "DbFailure";
  readonly fault: DbFault;
  /** Whether the statement may have been carried out. */
  readonly inDoubt: boolean;

  constructor(fault: DbFault, message: string, inDoubt: boolean, cause: unknown) {
    super(message, { cause });
    this.fault = fault;
    this.inDoubt = inDoubt;
  }
}
