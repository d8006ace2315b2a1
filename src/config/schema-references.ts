import { posix } from "node:path";
import { isObject, type Json } from "../message/json.ts";
import type { Path } from "./yaml-file.ts";

/** What a `$ref` of a schema file leads to. */
export interface SchemaReference {
  /** Where the `$ref` is in the file. */
  readonly at: Path;
  /** Path from the project folder; null when it leads to another machine. */
  readonly path: string | null;
}

/** Keywords whose content is values, where a `$ref` is data. */
const VALUES: ReadonlySet<string> = new Set(["enum", "const", "examples", "default"]);

/** The other files a schema refers to, each with every place. References within the file and to the standard are none. */
export function schemaReferences(schema: Json, path: string): readonly SchemaReference[] {
  const found: SchemaReference[] = [];
  const visit = (value: Json, at: Path): void => {
    if (Array.isArray(value)) for (const [index, one] of value.entries()) visit(one, [...at, index]);
    if (!isObject(value)) return;
    for (const [name, one] of Object.entries(value)) {
      if (name === "$ref" && typeof one === "string") {
        const target = targetOf(one, path);
        if (target !== undefined) found.push({ at: [...at, name], path: target });
      } else if (!VALUES.has(name)) visit(one, [...at, name]);
    }
  };
  visit(schema, []);
  return found;
}

function targetOf(reference: string, path: string): string | null | undefined {
  const [name = ""] = reference.split("#");
  if (name === "" || /^https?:\/\/json-schema\.org\//.test(name)) return undefined;
  if (/^[a-z][a-z0-9+.-]*:/i.test(name)) return null;
  const target = decodeURI(name);
  return target.startsWith("/") ? posix.normalize(target.slice(1)) : posix.join(posix.dirname(path), target);
}
