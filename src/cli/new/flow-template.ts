export interface NewFlow {
  readonly name: string;
  /** `system.source` or `topic:name`. */
  readonly from: string;
  /** `system.sink` or `topic:name`. */
  readonly to: string;
}

/** The files of a new flow, by path within its folder: the flow, its mapping, both schemas and one case. */
export function flowFiles(flow: NewFlow): Readonly<Record<string, string>> {
  return {
    "flow.yaml": flowYaml(flow),
    "record.jsonata": MAPPING,
    "accepts.schema.json": schema(`What ${flow.name} takes in`, ACCEPTS),
    ...(emitsCustomer(flow) ? {} : { "emits.schema.json": schema(`What ${flow.name} gives out`, EMITS) }),
    "cases/a-record.json": CASE,
    "samples/record.json": SAMPLE,
  };
}

/** The CRM has a schema of its own, which the skeleton's mapping keeps to. */
function emitsCustomer(flow: NewFlow): boolean {
  return flow.to === "crm.customer";
}

function flowYaml(flow: NewFlow): string {
  const folder = `mappings/${flow.name}`;
  const [system = "", read = ""] = flow.from.split(".");
  const source = flow.from.startsWith("topic:")
    ? [`  topic: ${flow.from.slice("topic:".length)}`]
    : [`  system: ${system}`, `  read: ${read}`, "  format: json"];
  return [
    "# yaml-language-server: $schema=../../schemas/tieline/flow.schema.json",
    "apiVersion: tieline/v1",
    `description: Records from ${flow.from} to ${flow.to}`,
    "source:",
    ...source,
    `accepts: ${folder}/accepts.schema.json`,
    "key: $string(id)                     # records of one key take effect in the order they came",
    "version: changedAt                   # each record is a whole state: an older one that comes late is stale",
    "map: record.jsonata",
    `emits: ${emitsCustomer(flow) ? "schemas/canonical/customer.schema.json" : `${folder}/emits.schema.json`}`,
    "routes:",
    flow.to.startsWith("topic:") ? `  - topic: ${flow.to.slice("topic:".length)}` : `  - to: ${flow.to}`,
    // A running hub takes a new folder up at once; a skeleton must not write into anybody's system.
    '    when: "false"                    # nothing passes yet: remove this line when the cases are right',
    "",
  ].join("\n");
}

const MAPPING = `/* One record in, one record out. A field that the source does not have is left out, and so left alone. */
{
  "id":   $string(id),
  "name": name ? { "full": $trim(name) }
}
`;

const CASE = `{
  "name": "a record with spaces around its name",
  "in": { "id": 4711, "name": " Ada Lovelace ", "changedAt": "2026-01-15T12:00:00Z" },
  "out": { "id": "4711", "name": { "full": "Ada Lovelace" } }
}
`;

const SAMPLE = `{ "id": 4711, "name": " Ada Lovelace ", "changedAt": "2026-01-15T12:00:00Z" }
`;

const ACCEPTS = {
  id: { description: "Names the record in its system.", type: ["string", "integer"] },
  name: { description: "Name as it is written there.", type: ["string", "null"] },
  changedAt: {
    description: "When it was last changed there (RFC 3339).",
    type: "string",
    format: "date-time",
  },
};

const EMITS = {
  id: { description: "Names the record in its system.", type: "string" },
  name: { description: "Name as it is shown.", type: "object", properties: { full: { type: "string" } } },
};

function schema(title: string, properties: object): string {
  const $schema = "https://json-schema.org/draft/2020-12/schema";
  return `${JSON.stringify({ $schema, title, type: "object", required: ["id"], properties }, null, 2)}\n`;
}
