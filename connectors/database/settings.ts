import { named, type Static, secret, Type } from "tieline/connector";

const Column = (description: string) => Type.String({ description, pattern: "^[^\\u0000]{1,63}$" });
const Table = Type.String({
  description: "Name of the table, with its schema where that is not the default: crm.customer",
  pattern: "^[^\\u0000.]{1,63}(\\.[^\\u0000.]{1,63})?$",
});
const Every = Type.Optional(
  Type.Integer({
    description: "Milliseconds from one look to the next, unless the flow says",
    minimum: 1_000,
    default: 10_000,
  }),
);

const ReadTable = Type.Object(
  {
    table: Table,
    id: Column("Column that names a row, unique"),
    changed: Column("Column that rises with every change: a moment, or a number"),
    columns: Type.Optional(
      Type.Array(Column("A column"), {
        description: "Columns to read; all where none are named",
        minItems: 1,
      }),
    ),
    overlap: Type.Optional(
      Type.Integer({
        description:
          "Seconds that a transaction may stay open after it set `changed`; so far back each look begins. 0 where `changed` is a number",
        minimum: 0,
        maximum: 3_600,
        default: 5,
      }),
    ),
    every: Every,
  },
  { additionalProperties: false, description: "A table whose rows tell when they were changed" },
);

const Outbox = Type.Object(
  {
    table: Table,
    id: Column("Column that numbers the rows, rising"),
    body: Type.Optional(Column("Column that holds the message; the whole row where none is named")),
    mark: Type.Optional(
      Column("Column that is set to the present moment when a row is stored; without it the row is deleted"),
    ),
    every: Every,
  },
  { additionalProperties: false, description: "A table that the system writes its messages to" },
);

const Upsert = Type.Object(
  {
    table: Table,
    key: Type.Array(Column("A column of the key"), {
      description: "Columns that name a row; a unique index must say so",
      minItems: 1,
    }),
    columns: Type.Array(Column("A column"), {
      description: "Further columns that are written; a field that is missing leaves its column as it is",
    }),
    batch: Type.Optional(
      Type.Integer({ description: "Most rows of one statement", minimum: 1, maximum: 500, default: 50 }),
    ),
  },
  {
    additionalProperties: false,
    description: "A table into which rows are inserted, or changed where they are",
  },
);

const Statement = Type.Object(
  {
    statement: Type.String({
      description: "One statement; `:name` stands for the field `name` of the message",
      minLength: 1,
    }),
    idempotent: Type.Boolean({
      description:
        "True when running it twice does what running it once does; false parks a message whose end nobody knows",
    }),
    concurrency: Type.Optional(
      Type.Integer({ description: "Statements under way at once", minimum: 1, maximum: 64, default: 4 }),
    ),
  },
  { additionalProperties: false, description: "A statement that is run for each message" },
);

export const DatabaseSettings = Type.Object(
  {
    url: Type.String({
      description:
        "postgres://, mysql:// or mariadb:// with user, host, port and database, without a password",
      pattern: "^(postgres(ql)?|mysql|mariadb)://",
    }),
    password: Type.Optional(secret({ description: "Password of the user", minLength: 1 })),
    tls: Type.Optional(
      Type.Union([Type.Literal("verify"), Type.Literal("none")], {
        description:
          "verify: encrypted, with a certificate for this host; none: only within a trusted network. Default: verify, on this machine none",
      }),
    ),
    authority: Type.Optional(
      Type.String({
        description: "PEM file of the authority that signed the server's certificate",
        minLength: 1,
      }),
    ),
    connections: Type.Optional(
      Type.Integer({ description: "Most connections at once", minimum: 1, maximum: 64, default: 4 }),
    ),
    read: named(ReadTable, "Sources: tables by name"),
    outbox: named(Outbox, "Sources: outbox tables by name"),
    upsert: named(Upsert, "Sinks: tables by name"),
    run: named(Statement, "Sinks: statements by name"),
  },
  { additionalProperties: false, description: "One database" },
);

export type DatabaseOptions = Static<typeof DatabaseSettings>;
export type ReadTableOptions = Static<typeof ReadTable>;
export type OutboxOptions = Static<typeof Outbox>;
export type UpsertOptions = Static<typeof Upsert>;
export type StatementOptions = Static<typeof Statement>;
