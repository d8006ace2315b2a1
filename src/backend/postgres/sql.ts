import { type ClientBase, type CustomTypesConfig, type QueryResult, types } from "pg";
import { fromStoredText, toStoredText } from "./text.ts";

export type SqlValue = string | number | null | Uint8Array | readonly (string | number | null)[];

/** What reads need. Statements have names, so the server plans each once for a connection. */
export interface ReadSql {
  all<Row>(text: string, ...values: SqlValue[]): Promise<Row[]>;
  get<Row>(text: string, ...values: SqlValue[]): Promise<Row | undefined>;
}

/** The few calls the tables need of the connection that writes. */
export interface Sql extends ReadSql {
  /** Gives the number of rows changed. */
  run(text: string, ...values: SqlValue[]): Promise<number>;
  /** The same where nobody waits for it: the statements behind it see what it did, and the commit tells when it failed. */
  send(text: string, ...values: SqlValue[]): void;
}

/** Object ids of types (pg_type.dat) whose values the hub reads in its own way. */
const INT8 = 20;
const TEXT = 25;

/** Every count and id of the hub lies within what a number holds exactly. */
export const PARSERS: CustomTypesConfig = {
  getTypeParser: (id, format) => {
    if (id === INT8) return toNumber;
    if (id === TEXT) return fromStoredText;
    return types.getTypeParser(id, format);
  },
};

function toNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new RangeError("a stored number is larger than 2^53");
  return number;
}

const names = new Map<string, string>();

/** The statements of a connection, or of a pool that reads. */
export function readSqlOver(client: Pick<ClientBase, "query">): ReadSql {
  return reading(named(client));
}

function reading(query: Query): ReadSql {
  return {
    all: async <Row>(text: string, ...values: SqlValue[]) => (await query(text, values)).rows as Row[],
    get: async <Row>(text: string, ...values: SqlValue[]) =>
      (await query(text, values)).rows[0] as Row | undefined,
  };
}

/** What the session of a writing connection is told. */
export interface Watch {
  /** Before each statement, with whether it may write. */
  before(writes: boolean): void;
  /** Each that nobody waits for. */
  sent(statement: Promise<unknown>): void;
}

export function sqlOver(client: Pick<ClientBase, "query">, watch: Watch): Sql {
  const query = named(client, (text) => watch.before(!/^(SELECT|WITH RECURSIVE)\b/.test(text)));
  return {
    ...reading(query),
    run: async (text, ...values) => (await query(text, values)).rowCount ?? 0,
    send: (text, ...values) => watch.sent(query(text, values)),
  };
}

type Query = (text: string, values: readonly SqlValue[]) => Promise<QueryResult>;

function named(client: Pick<ClientBase, "query">, before: (text: string) => void = () => undefined): Query {
  return (text, values) => {
    let name = names.get(text);
    if (name === undefined) {
      name = `tieline_${names.size + 1}`;
      names.set(text, name);
    }
    before(text);
    return client.query({ name, text, values: values.map(toParameter) });
  };
}

function toParameter(value: SqlValue): string | number | null | Buffer {
  if (typeof value === "string") return toStoredText(value);
  if (value === null || typeof value === "number") return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return toArray(value);
}

/** An array as text (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO). */
function toArray(values: readonly (string | number | null)[]): string {
  let text = "{";
  for (const value of values) text += `${text.length > 1 ? "," : ""}${toElement(value)}`;
  return `${text}}`;
}

const SPECIAL = /["\\]/;

function toElement(value: string | number | null): string {
  if (value === null) return "NULL";
  if (typeof value === "number") return String(value);
  const text = toStoredText(value);
  return SPECIAL.test(text) ? `"${text.replace(/["\\]/g, "\\$&")}"` : `"${text}"`;
}
