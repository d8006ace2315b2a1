import type { SchemaShape } from "./shape.ts";

/** A schema that contains itself has no end. */
const DEPTH_LIMIT = 12;

/** The fields that a schema names and that hold a value of their own: as JSON pointers, with `*` for an item. */
export function schemaFields(root: SchemaShape): readonly string[] {
  const found: string[] = [];
  const visit = (shape: SchemaShape, path: string, depth: number): void => {
    const names = shape.types.has("object") ? shape.names : [];
    const item = shape.types.has("array") && shape.types.size < 6 ? shape.item() : null;
    const below = names.length > 0 || item !== null;
    if (!below && path !== "") found.push(path);
    if (depth >= DEPTH_LIMIT) return;
    for (const name of names) {
      const inner = shape.member(name).shape;
      const step = name.replaceAll("~", "~0").replaceAll("/", "~1");
      if (inner !== null) visit(inner, `${path}/${step}`, depth + 1);
    }
    if (item !== null) visit(item, `${path}/*`, depth + 1);
  };
  visit(root, "", 0);
  return found;
}
