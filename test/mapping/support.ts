import { HubError } from "../../src/errors.ts";
import { compileMapping, type MappingOptions } from "../../src/mapping/compile.ts";
import type { Json } from "../../src/message/json.ts";

/** The result of a mapping over an input that cannot be changed. */
export async function evaluated(
  text: string,
  input: Json = {},
  options: Partial<MappingOptions> = {},
): Promise<unknown> {
  return compileMapping(text, { path: "m.jsonata", ...options }).evaluate(frozen(input));
}

/** The error a mapping ends with, while it is compiled or evaluated. */
export async function failed(
  text: string,
  input: Json = {},
  options: Partial<MappingOptions> = {},
): Promise<HubError> {
  try {
    await evaluated(text, input, options);
  } catch (thrown) {
    if (thrown instanceof HubError) return thrown;
    throw thrown;
  }
  throw new Error("the mapping did not fail");
}

/** `TL_MAPPING_INVALID m.jsonata:1:5` */
export function codeAndPlace({ code, place }: HubError): string {
  return `${code} ${place?.file}:${place?.line}:${place?.column}`;
}

export function frozen<T extends Json>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.freeze(value);
    for (const member of Object.values(value)) frozen(member as Json);
  }
  return value;
}
