import type { FastifyInstance } from "fastify";

/** As much of an OpenAPI document as the client's types are made of. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly allOf?: readonly Schema[];
  readonly $ref?: string;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}

interface Operation {
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

type Document = Readonly<Record<"paths", Readonly<Record<string, Readonly<Record<string, Operation>>>>>>;

const PREFIX = "/api/v1";
const METHODS = ["get", "post", "put", "delete"];

/** The types of the dashboard's client: each operation of the API with its query, body and answer. */
export function operationTypes(app: Pick<FastifyInstance, "swagger">): string {
  const { paths } = app.swagger() as unknown as Document;
  const lines = Object.entries(paths)
    .filter(([path]) => path.startsWith(PREFIX))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([path, methods]) =>
      METHODS.flatMap((method) => {
        const operation = methods[method];
        return operation === undefined ? [] : operationType(method, path.slice(PREFIX.length), operation);
      }),
    );
  return [
    "// Made from the API's description by `npm run dashboard:types`; a test tells when it is no longer current.",
    "",
    "export interface Operations {",
    ...lines,
    "}",
    "",
  ].join("\n");
}

function operationType(method: string, path: string, operation: Operation): readonly string[] {
  const query = operation.parameters?.filter((one) => one.in === "query") ?? [];
  const answer = operation.responses["200"]?.content?.["application/json"]?.schema;
  const body = operation.requestBody?.content?.["application/json"]?.schema;
  const queryType = objectType(
    Object.fromEntries(query.map((one) => [one.name, one.schema])),
    query.filter((one) => one.required === true).map((one) => one.name),
    2,
  );
  return [
    `  "${method.toUpperCase()} ${path}": {`,
    `    query: ${queryType};`,
    `    body: ${body === undefined ? "undefined" : typeOf(body, 2)};`,
    `    answer: ${answer === undefined ? "Blob" : typeOf(answer, 2)};`,
    "  };",
  ];
}

function typeOf(schema: Schema, depth: number): string {
  // A long list is a catalogue that grows; the page treats all its entries alike.
  if (schema.enum !== undefined && schema.enum.length > 20) return "string";
  if (schema.enum !== undefined) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.anyOf !== undefined)
    return [...new Set(schema.anyOf.map((one) => typeOf(one, depth)))].join(" | ");
  if (schema.allOf !== undefined) return schema.allOf.map((one) => typeOf(one, depth)).join(" & ");
  switch (schema.type) {
    case "integer":
    case "number":
      return "number";
    case "string":
    case "boolean":
    case "null":
      return schema.type;
    case "array":
      return `readonly (${typeOf(schema.items ?? {}, depth)})[]`;
    case "object":
      return recordOrObject(schema, depth);
    default:
      return "unknown";
  }
}

function recordOrObject(schema: Schema, depth: number): string {
  if (schema.properties !== undefined) return objectType(schema.properties, schema.required ?? [], depth);
  const values = Object.values(schema.patternProperties ?? {})[0] ?? schema.additionalProperties;
  return `Readonly<Record<string, ${typeof values === "object" ? typeOf(values, depth) : "unknown"}>>`;
}

function objectType(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
  depth: number,
): string {
  const entries = Object.entries(properties);
  if (entries.length === 0) return "Readonly<Record<string, never>>";
  const indent = "  ".repeat(depth + 1);
  const members = entries.map(
    ([name, schema]) =>
      `${indent}readonly ${/^\w+$/.test(name) ? name : JSON.stringify(name)}${required.includes(name) ? "" : "?"}: ${typeOf(schema, depth + 1)};`,
  );
  return ["{", ...members, `${"  ".repeat(depth)}}`].join("\n");
}
