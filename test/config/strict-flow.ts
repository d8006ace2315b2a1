import type { Finding } from "../../src/config/finding.ts";
import type { FlowDefinition } from "../../src/config/flow-definition.ts";
import { checkStrict } from "../../src/config/strict/check-strict.ts";
import { parseYaml } from "../../src/config/yaml-file.ts";

interface Parts {
  readonly map: string;
  readonly accepts: object;
  readonly emits: object;
  /** A schema that `accepts` may refer to. */
  readonly parts: object;
  /** Expressions of flow.yaml: key, version, when. */
  readonly flow: Readonly<Record<string, string>>;
}

/** What the strict checks say of a flow made of these. */
export function checkedFlow({ map, accepts, emits, parts, flow }: Parts): readonly Finding[] {
  const { key = "id", version, when } = flow;
  const lines = [
    "apiVersion: tieline/v1",
    "source: { topic: order.changed }",
    "accepts: schemas/in.schema.json",
    "emits: schemas/out.schema.json",
    `key: ${key}`,
    ...(version === undefined ? [] : [`version: ${version}`]),
    "map: m.jsonata",
    "routes:",
    "  - to: crm.customer",
    ...(when === undefined ? [] : [`    when: ${when}`]),
  ];
  const file = parseYaml("mappings/x/flow.yaml", lines.join("\n"));
  const definition: Partial<FlowDefinition> = {
    name: "x",
    file: file.path,
    accepts: "schemas/in.schema.json",
    emits: "schemas/out.schema.json",
    map: "mappings/x/m.jsonata",
    key,
    version: version ?? null,
    event: null,
    record: null,
    routes: [{ to: "crm.customer", when: when ?? null, onPark: "skip" }],
    texts: {
      "mappings/x/m.jsonata": map,
      "schemas/in.schema.json": JSON.stringify(accepts),
      "schemas/out.schema.json": JSON.stringify(emits),
      "schemas/parts.schema.json": JSON.stringify(parts),
    },
  };
  const findings: Finding[] = [];
  checkStrict({ flow: definition as FlowDefinition, file }, findings);
  return findings;
}
