import { readFile, writeFile } from "node:fs/promises";
import type { CaseResult } from "../../flow/cases.ts";
import { isObject, type Json } from "../../message/json.ts";
import { parseStyled, writeStyled } from "./json-style.ts";

/**
 * Writes what the flow gave into the case file as its new expectation, at the member `out` or `error` alone; all else
 * keeps its form to the letter. A result that cannot be had (an error where another was expected is one that can)
 * leaves the file as it is.
 * @returns whether the file changed
 */
export async function updateCase(result: CaseResult, got: Json | undefined): Promise<boolean> {
  const text = await readFile(result.case.file, "utf8");
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const file = parseStyled(text.slice(mark.length));
  const content = file.value;
  const change = (item: Json): Json =>
    isObject(item) && item["name"] === result.case.name ? expecting(item, result, got) : item;
  const updated = `${mark}${writeStyled(Array.isArray(content) ? content.map(change) : change(content), file)}`;
  if (updated === text) return false;
  await writeFile(result.case.file, updated);
  return true;
}

/** The new expectation stands where the old one stood. */
function expecting(item: Readonly<Record<string, Json>>, result: CaseResult, got: Json | undefined): Json {
  const expected: readonly [string, Json] | undefined =
    result.error !== undefined ? ["error", result.error.code] : got === undefined ? undefined : ["out", got];
  if (expected === undefined) return item;
  return Object.fromEntries(
    Object.entries(item).map((member) => (member[0] === "out" || member[0] === "error" ? expected : member)),
  );
}
