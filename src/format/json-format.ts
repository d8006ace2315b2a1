import { HubError } from "../errors.ts";
import type { Format } from "./format.ts";
import { parseJson } from "./json.ts";
import { readJsonFile } from "./json-file.ts";

/** JSON as a flow declares it. */
export interface JsonOptions {
  /**
   * JSON pointer (RFC 6901) to the array whose items are the records of a file, through objects only; e.g. "/records".
   * Default: the file is an array of records, or else itself one record.
   */
  readonly record?: string;
}

/**
 * JSON (RFC 8259). A webhook's body is one record, whole; `record` serves files.
 * @throws HubError TL_CONFIG_INVALID when `record` is not a JSON pointer
 */
export function openJson(options: JsonOptions): Format {
  const pointer = parsePointer(options.record ?? "");
  return {
    name: "json",
    mediaTypes: ["application/json"],
    encoding: "utf-8",
    wholeFile: true,
    decode: (utf8) => parseJson(utf8),
    records: (path) => readJsonFile(path, pointer),
  };
}

function parsePointer(pointer: string): readonly string[] {
  if (pointer === "") return [];
  if (!pointer.startsWith("/") || /~(?![01])/.test(pointer)) {
    throw new HubError("TL_CONFIG_INVALID", "json: `record` must be a JSON pointer", {
      cure: 'Write it like "/records" or "/data/customers".',
    });
  }
  return pointer
    .slice(1)
    .split("/")
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
}
