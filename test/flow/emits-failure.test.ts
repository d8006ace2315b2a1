import { describe, expect, it } from "vitest";
import { loadFlows } from "../../src/cli/project-files.ts";
import { HubError } from "../../src/errors.ts";
import { compileFlow } from "../../src/flow/compile.ts";
import type { Json } from "../../src/message/json.ts";
import { project } from "../cli/support.ts";

const MAPPING = `{
  "id": id,
  "total": $sum(lines.price),
  "rows": [ lines.{ "sku": sku, "text": "Item " & sku & "!" } ],
  "kind": lines[0].sku = "x" ? "big" : "small"
}
`;

const RESULT = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  properties: {
    total: { type: "number", maximum: 10 },
    rows: { items: { properties: { sku: { maxLength: 3 }, text: { maxLength: 12 } } } },
    kind: { const: "small" },
    id: { not: { const: "nobody" } },
  },
};

async function failure(record: Json): Promise<HubError> {
  const dir = await project({
    "mappings/orders/order.jsonata": MAPPING,
    "schemas/result.schema.json": JSON.stringify(RESULT),
  });
  const [flow] = await loadFlows(dir, {}, ["orders"]);
  if (flow === undefined) throw new Error("no flow");
  try {
    await compileFlow(flow).prepare(record, { receivedAt: 0, headers: null, file: null, row: null });
  } catch (thrown) {
    if (thrown instanceof HubError) return thrown;
    throw thrown;
  }
  throw new Error("the record was taken");
}

describe("a result that breaks the emits-schema", () => {
  const file = "mappings/orders/order.jsonata";

  it("is told with the line that makes the field, and what it is made from", async () => {
    const error = await failure({ id: "1", lines: [{ price: 99, sku: "a" }] });
    expect(error.code).toBe("TL_EMITS_FAILED");
    expect(error.place).toEqual({ file, line: 3, column: 3, field: "/total" });
    expect(error.message).toMatch(/result\.schema\.json: .*; it is made from \/lines\/\*\/price$/);
  });

  it("within a list too, each finding with its own place, and never a value", async () => {
    const error = await failure({ id: "1", lines: [{ price: 1, sku: "secret-article" }] });
    expect(error.issues.map(({ place }) => `${place?.line}:${place?.column} ${place?.field}`)).toEqual([
      "4:21 /rows/0/sku",
      "4:33 /rows/0/text",
    ]);
    expect(JSON.stringify([error.message, error.issues])).not.toContain("secret");
  });

  it("names what decides a field where nothing else makes it", async () => {
    const error = await failure({ id: "1", lines: [{ price: 1, sku: "x" }] });
    expect(error.place).toMatchObject({ line: 5, field: "/kind" });
    expect(error.message).toContain("it is made from /lines/*/sku");
  });
});
