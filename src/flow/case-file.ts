import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { closest } from "fastest-levenshtein";
import { ERRORS, type ErrorCode, HubError } from "../errors.ts";
import { isObject, type Json, type JsonObject } from "../message/json.ts";
import { parseJsonFile } from "../schema/json-text.ts";
import { type LookUpFixtures, readFixtures } from "./look-up-fixtures.ts";

/** One example of a flow: what goes in, and what must come out or which error. */
export interface Case {
  readonly name: string;
  /** File the case is from. */
  readonly file: string;
  /** Text is one raw record, which the flow's format decodes; anything else is the decoded value. */
  readonly in: Json;
  readonly out?: Json;
  readonly error?: ErrorCode;
  readonly headers?: Readonly<Record<string, string>>;
  /** What look-ups answer; unless given, they find nobody. */
  readonly lookups?: LookUpFixtures;
  /** `system.sink`, when the case is about what that one route sends. */
  readonly route?: string;
}

const MEMBERS = ["name", "in", "out", "error", "headers", "lookups", "route"];

/**
 * The cases of a folder's `*.json` files, in order of name; none when there is no such folder.
 * @throws HubError TL_CONFIG_INVALID with file, line and column, or with the pointer of what is wrong
 */
export function readCases(dir: string): readonly Case[] {
  const names = filesIn(dir).filter((name) => name.endsWith(".json"));
  return names.sort().flatMap((name) => parseCases(readFileSync(join(dir, name), "utf8"), join(dir, name)));
}

function filesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw thrown;
  }
}

/** The cases of one file: an object, or an array of them. */
export function parseCases(text: string, file: string): readonly Case[] {
  const content = parseJsonFile(text, file) as Json;
  if (!Array.isArray(content)) return [toCase(content, file, "")];
  return content.map((item: Json, index) => toCase(item, file, `/${index}`));
}

function toCase(item: Json, file: string, pointer: string): Case {
  const refuse = (member: string, message: string, cure?: string): never => {
    const field = `${pointer}${member}`;
    const place = { file, ...(field === "" ? {} : { field }) };
    throw new HubError("TL_CONFIG_INVALID", message, { place, ...(cure === undefined ? {} : { cure }) });
  };
  const refuseFixture = (pointer: string, message: string, cure?: string): never =>
    refuse(`/lookups${pointer}`, message, cure);
  if (!isObject(item)) return refuse("", "a case is an object with name, in and out");
  for (const member of Object.keys(item)) {
    if (MEMBERS.includes(member)) continue;
    refuse(`/${member}`, "a case has no such member", `Did you mean ${closest(member, MEMBERS)}?`);
  }
  const { name, out, error, headers, lookups, route } = item;
  if (typeof name !== "string" || name === "") return refuse("/name", "a case has a name");
  if (item["in"] === undefined) return refuse("/in", "a case has an in: the record, or its raw text");
  if ((out === undefined) === (error === undefined)) return refuse("", "a case has either out or error");
  if (error !== undefined && !isErrorCode(error))
    return refuse("/error", "this is not an error code", nearCode(error));
  if (route !== undefined && typeof route !== "string")
    return refuse("/route", "a route is text: system.sink");
  if (headers !== undefined && !isHeaders(headers))
    return refuse("/headers", "headers are an object of texts");
  return {
    name,
    file,
    in: item["in"],
    ...(out === undefined ? {} : { out }),
    ...(error === undefined ? {} : { error }),
    ...(headers === undefined ? {} : { headers }),
    ...(lookups === undefined ? {} : { lookups: readFixtures(lookups, refuseFixture) }),
    ...(route === undefined ? {} : { route }),
  };
}

function isErrorCode(value: Json): value is ErrorCode {
  return typeof value === "string" && Object.hasOwn(ERRORS, value);
}

function nearCode(value: Json): string {
  return `Did you mean ${closest(String(value), Object.keys(ERRORS))}?`;
}

function isHeaders(value: Json): value is JsonObject & Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every((member) => typeof member === "string");
}
