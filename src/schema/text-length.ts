import { _, type CodeKeywordDefinition, type KeywordErrorDefinition } from "ajv";
import type { Ajv2020 } from "ajv/dist/2020.js";

const error: KeywordErrorDefinition = {
  message: ({ keyword }) => (keyword === "maxLength" ? "is too long" : "is too short"),
  params: ({ schemaCode }) => _`{limit: ${schemaCode}}`,
};

/** What code that is kept calls `characters` by. */
export const TEXT_LENGTH = "tieline/text-length";

/**
 * `maxLength` and `minLength` as JSON Schema has them (validation 6.3: characters of RFC 8259, not UTF-16 units).
 * A text has at most as many characters as units, and at least half as many: only between the two are they counted,
 * which spares nearly every value a walk over its characters.
 */
const definition: CodeKeywordDefinition = {
  keyword: ["maxLength", "minLength"],
  type: "string",
  schemaType: "number",
  error,
  code(context) {
    const { gen, keyword, data, schema } = context;
    const count = gen.scopeValue("func", { ref: characters, code: _`require(${TEXT_LENGTH})` });
    const limit = Number(schema);
    context.fail(
      keyword === "maxLength"
        ? _`${data}.length > ${limit} && ${count}(${data}) > ${limit}`
        : _`${data}.length < ${2 * limit} && ${count}(${data}) < ${limit}`,
    );
  },
};

/** Puts the two keywords in the place of ajv's own, which always count. */
export function addTextLength(ajv: Ajv2020): void {
  ajv.removeKeyword("maxLength");
  ajv.removeKeyword("minLength");
  ajv.addKeyword(definition);
}

/** Code points; half a surrogate pair counts as one. */
export function characters(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    if ((text.codePointAt(at) as number) > 0xffff) at += 1;
    count += 1;
  }
  return count;
}
