import type { Issue } from "../errors.ts";

/** A compiled JSON Schema (draft 2020-12). */
export interface Schema {
  /** Path of the schema file, for messages. */
  readonly path: string;
  /** Empty when valid. Messages name fields and rules, never values. `place.field` is a JSON pointer. */
  validate(value: unknown): readonly Issue[];
}
