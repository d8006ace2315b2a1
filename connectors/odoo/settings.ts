import { named, type Static, secret, Type } from "tieline/connector";

const Model = Type.String({
  description: "Technical name of the model, such as res.partner",
  pattern: "^[a-z][a-z0-9_.]{0,126}$",
});
const Field = (description: string) => Type.String({ description, pattern: "^[a-z_][a-zA-Z0-9_]{0,62}$" });
const Fields = (description: string) =>
  Type.Array(Field("A field"), { description, minItems: 1, uniqueItems: true });
const Domain = (description: string) =>
  Type.Array(Type.Unknown({ description: "A condition, or & | !" }), { description });

const Read = Type.Object(
  {
    model: Model,
    fields: Type.Optional(
      Fields("Fields to read; without it those that the README lists for the model. Others have no default"),
    ),
    expand: Type.Optional(
      Type.Record(Field("A field that refers to other records"), Fields("Fields of those records"), {
        description: "Fields of the records that a field refers to: { order_line: [name, price_unit] }",
      }),
    ),
    domain: Type.Optional(
      Domain('Which records: [["customer_rank", ">", 0]]; without it those that the README lists'),
    ),
    overlap: Type.Optional(
      Type.Integer({
        description:
          "Seconds that a transaction of Odoo may take: so far back each look begins (limit_time_real)",
        minimum: 1,
        maximum: 3_600,
        default: 120,
      }),
    ),
    every: Type.Optional(
      Type.Integer({
        description: "Milliseconds from one look to the next, unless the flow says",
        minimum: 1_000,
        default: 30_000,
      }),
    ),
    compare: Type.Optional(
      Type.Integer({
        description: "Milliseconds from one search for deleted records to the next; 0: none",
        minimum: 0,
        default: 3_600_000,
      }),
    ),
    mostGone: Type.Optional(
      Type.Number({
        description:
          "Largest share of the records that may be gone at once; more is shown to a person and not believed",
        minimum: 0,
        maximum: 1,
        default: 0.1,
      }),
    ),
  },
  { additionalProperties: false, description: "A model whose records are read as they change" },
);

const Columns = (description: string) =>
  Type.Array(
    Type.String({
      description: "A column: name, country_id/id, product_id/default_code",
      pattern: "^[a-z_][a-zA-Z0-9_]{0,62}(/(\\.?id|[a-z_][a-zA-Z0-9_]{0,62}))?$",
    }),
    { description, minItems: 1, uniqueItems: true },
  );

const Upsert = Type.Object(
  {
    model: Model,
    fields: Columns(
      "Columns that are written, as Odoo's import names them; one that is missing is left as it is. After a slash may stand the field by which the record is found that is referred to",
    ),
    lines: Type.Optional(
      Type.Object(
        {
          field: Field("Where the record lists them: order_line"),
          fields: Columns("Columns of a line"),
        },
        {
          additionalProperties: false,
          description: "Lines that belong to the record, such as those of an order; needs Odoo 14 or later",
        },
      ),
    ),
    module: Type.Optional(
      Type.String({
        description: "First part of the external ids: tieline.c-42",
        pattern: "^[a-z_][a-z0-9_]{0,62}$",
        default: "tieline",
      }),
    ),
    gone: Type.Optional(
      Type.Union([Type.Literal("archive"), Type.Literal("delete"), Type.Literal("refuse")], {
        description: "What `op: delete` does with the record",
        default: "archive",
      }),
    ),
    batch: Type.Optional(
      Type.Integer({ description: "Most records of one call", minimum: 1, maximum: 200, default: 50 }),
    ),
  },
  { additionalProperties: false, description: "A model whose records are made, or changed where they are" },
);

const Call = Type.Object(
  {
    model: Model,
    method: Type.String({
      description: "Public method of the model, such as action_confirm",
      pattern: "^[a-z][a-z0-9_]{0,62}$",
    }),
    done: Domain(
      'What holds for the record afterwards: [["state", "=", "done"]]; where it holds before, nothing is called',
    ),
    wizards: Type.Optional(
      Type.Record(
        Model,
        Type.String({ description: "Method that confirms it", pattern: "^[a-z][a-z0-9_]{0,62}$" }),
        { description: "Questions that the method may ask back, by model, and how each is answered" },
      ),
    ),
    module: Type.Optional(
      Type.String({
        description: "First part of the external ids",
        pattern: "^[a-z_][a-z0-9_]{0,62}$",
        default: "tieline",
      }),
    ),
    concurrency: Type.Optional(
      Type.Integer({ description: "Calls under way at once", minimum: 1, maximum: 16, default: 2 }),
    ),
  },
  { additionalProperties: false, description: "A method that is called on a record for each message" },
);

export const OdooSettings = Type.Object(
  {
    url: Type.String({ description: "https://odoo.example.com, without a path", minLength: 1 }),
    database: Type.String({ description: "Name of the database", minLength: 1, maxLength: 63 }),
    user: Type.String({ description: "Login of the hub's own user", minLength: 1 }),
    password: secret({ description: "Its API key (Odoo 14 or later), or its password", minLength: 1 }),
    timeout: Type.Optional(
      Type.Integer({
        description: "Longest wait for an answer, milliseconds; writing waits 12 s at most",
        minimum: 100,
        maximum: 110_000,
        default: 60_000,
      }),
    ),
    read: named(Read, "Sources: models by name"),
    upsert: named(Upsert, "Sinks: models by name"),
    call: named(Call, "Sinks: methods by name"),
  },
  { additionalProperties: false, description: "One database of an Odoo" },
);

export type OdooOptions = Static<typeof OdooSettings>;
export type ReadOptions = Static<typeof Read>;
export type UpsertOptions = Static<typeof Upsert>;
export type CallSinkOptions = Static<typeof Call>;
