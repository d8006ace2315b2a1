import { HubError } from "../errors.ts";
import { syntaxErrorOffset } from "./json-syntax.ts";

/** JSON of a configuration file. @throws HubError TL_CONFIG_INVALID with file, line and column */
export function parseJsonFile(text: string, file: string): unknown {
  const json = text.replace(/^\uFEFF/, "");
  try {
    return JSON.parse(json);
  } catch (thrown) {
    const before = json.slice(0, syntaxErrorOffset(json));
    const place = { file, line: before.split("\n").length, column: before.length - before.lastIndexOf("\n") };
    throw new HubError("TL_CONFIG_INVALID", "this is not JSON", { place, cause: thrown });
  }
}
