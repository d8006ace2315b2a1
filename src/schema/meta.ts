import { Ajv2020 } from "ajv/dist/2020.js";
import { HubError } from "../errors.ts";
import { isObject } from "../message/json.ts";
import { describeIssues } from "./issue.ts";

export type SchemaObject = Readonly<Record<string, unknown>>;

/** Made with the first schema that is looked at: a start that finds all of them compiled needs none. */
function draftValidator(): Ajv2020 {
  // verbose: the issues name the keyword's own value.
  draft ??= new Ajv2020({ allErrors: true, strict: false, logger: false, verbose: true });
  return draft;
}

let draft: Ajv2020 | null = null;

/** A schema that the draft's own schema agrees with. @throws HubError TL_CONFIG_INVALID with pointers */
export function checkedRoot(schema: unknown, path: string): SchemaObject {
  if (!isObject(schema as never)) {
    throw new HubError("TL_CONFIG_INVALID", "a schema is a JSON object", { place: { file: path } });
  }
  const { $schema } = schema as { $schema?: unknown };
  if ($schema !== undefined && $schema !== DRAFT) {
    throw new HubError("TL_CONFIG_INVALID", `$schema must be ${DRAFT}`, {
      place: { file: path, field: "/$schema" },
    });
  }
  const draft = draftValidator();
  if (draft.validateSchema(schema as SchemaObject) === true) return schema as SchemaObject;
  const issues = describeIssues(draft.errors ?? []).map((issue) => ({
    ...issue,
    place: { file: path, ...issue.place },
  }));
  const place = issues[0]?.place ?? { file: path };
  throw new HubError("TL_CONFIG_INVALID", `the schema is not valid: ${issues[0]?.message ?? ""}`, {
    place,
    issues,
  });
}

const DRAFT = "https://json-schema.org/draft/2020-12/schema";
