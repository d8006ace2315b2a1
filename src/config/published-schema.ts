import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type JsonSchema, type Structure, structureOf } from "../schema/structure.ts";
import { packageRoot } from "./package-root.ts";

const published = new Map<string, Structure>();

/** One of the published schemas in `schemas/tieline`, which are the source: editors and the hub read the same file. */
export function publishedStructure(name: "tieline" | "flow" | "layout"): Structure {
  const known = published.get(name);
  if (known !== undefined) return known;
  const structure = structureOf(publishedSchema(name));
  published.set(name, structure);
  return structure;
}

const texts = new Map<string, JsonSchema>();

export function publishedSchema(name: "tieline" | "flow" | "layout"): JsonSchema {
  const known = texts.get(name);
  if (known !== undefined) return known;
  const path = join(packageRoot(), "schemas", "tieline", `${name}.schema.json`);
  const schema = JSON.parse(readFileSync(path, "utf8")) as JsonSchema;
  texts.set(name, schema);
  return schema;
}
