import { readFile, writeFile } from "node:fs/promises";
import type { CaseResult } from "../flow/cases.ts";
import { isObject, type Json } from "../message/json.ts";

/**
 * Writes what the flow gave into the case file as its new expectation, at the member `out` or `error` alone. A result
 * that cannot be had (an error where another was expected is one that can) leaves the file as it is.
 * @returns whether the file changed
 */
export async function updateCase(result: CaseResult, got: Json | undefined): Promise<boolean> {
  const text = await readFile(result.case.file, "utf8");
  const content = JSON.parse(text) as Json;
  const change = (item: Json): Json => {
    if (!isObject(item) || item["name"] !== result.case.name) return item;
    const { out: _out, error: _error, ...rest } = item;
    if (result.error !== undefined) return { ...rest, error: result.error.code };
    return got === undefined ? item : { ...rest, out: got };
  };
  const updated = `${JSON.stringify(Array.isArray(content) ? content.map(change) : change(content), null, 2)}\n`;
  if (updated === text) return false;
  await writeFile(result.case.file, updated);
  return true;
}
