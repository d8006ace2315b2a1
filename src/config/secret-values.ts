import { isObject, type Json } from "../message/json.ts";
import type { JsonSchema } from "../schema/structure.ts";
import type { SystemSettings } from "./hub-settings.ts";
import { isPureReference } from "./reference.ts";
import { isSecret, schemasAt } from "./setting-schema.ts";
import { textAt } from "./value-at.ts";
import type { Path } from "./yaml-file.ts";

/** Where something is, which is no secret and is often put in by a reference. */
const PLACE = /:\/\/|^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?$|^localhost\b|^\//i;

/**
 * Values of a system's settings that nobody may see: what its connector calls secret, and what a reference put in that is
 * no place.
 * @param schema of the connector's settings
 */
export function secretValues(schema: JsonSchema, { settings, written }: SystemSettings): readonly string[] {
  const found = new Set<string>();
  const look = (value: Json, path: Path): void => {
    if (Array.isArray(value)) for (const [n, one] of value.entries()) look(one, [...path, n]);
    else if (isObject(value)) for (const [name, one] of Object.entries(value)) look(one, [...path, name]);
    else if (typeof value === "string") {
      const isPutIn = isPureReference(textAt(written, ...path) ?? "") && !PLACE.test(value);
      if (isPutIn || isSecret(schemasAt(schema, path))) found.add(value);
    }
  };
  look(settings, []);
  return [...found];
}
