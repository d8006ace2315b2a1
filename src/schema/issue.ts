import type { ErrorObject } from "ajv";
import { closest, distance } from "fastest-levenshtein";
import type { Issue } from "../errors.ts";

/** More findings than a person reads at once. */
const ISSUE_LIMIT = 20;

/** Findings of ajv as issues: pointer, rule, expectation; never a value of the record. */
export function describeIssues(errors: readonly ErrorObject[]): readonly Issue[] {
  // `if` only repeats what its branch said.
  const issues = errors
    .filter((error) => error.keyword !== "if")
    .slice(0, ISSUE_LIMIT)
    .map(describe);
  const more = errors.length - ISSUE_LIMIT;
  return more > 0 ? [...issues, { message: `and ${more} more findings` }] : issues;
}

function describe(error: ErrorObject): Issue {
  const field = `${error.instancePath}${memberStep(error)}`;
  const message = `${expectation(error)} (${error.keyword})`;
  return field === "" ? { message } : { place: { field }, message };
}

/** A rule of an object that is about one member names that member. */
function memberStep({ keyword, params }: ErrorObject): string {
  const name = params["missingProperty"] ?? params["additionalProperty"] ?? params["unevaluatedProperty"];
  if (keyword === "propertyNames") return step(params["propertyName"]);
  return name === undefined ? "" : step(name);
}

/** Names of members may come from the record: long ones are cut. */
const NAME_LIMIT = 64;

function step(name: unknown): string {
  return `/${String(name).slice(0, NAME_LIMIT).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

function expectation(error: ErrorObject): string {
  const { keyword, params } = error;
  switch (keyword) {
    case "required":
      return "is missing";
    case "dependentRequired":
      return `is missing, since ${String(params["property"])} is there`;
    case "additionalProperties":
    case "unevaluatedProperties":
      return `is not a member the schema knows${meant(error)}`;
    case "enum":
      return `must be one of ${listed(params["allowedValues"])}`;
    case "const":
      return `must be ${JSON.stringify(params["allowedValue"])}`;
    case "type":
      return `must be ${[params["type"]].flat().join(" or ")}`;
    case "format":
      return `must have the format ${String(params["format"])}`;
    case "pattern":
      return `must match the pattern ${String(params["pattern"])}`;
    case "minLength":
    case "maxLength":
      return `must have ${comparison(keyword)} ${String(params["limit"])} characters`;
    case "minItems":
    case "maxItems":
      return `must have ${comparison(keyword)} ${String(params["limit"])} items`;
    case "uniqueItems":
      return "must not have the same item twice";
    case "false schema":
      return "must not be there";
    default:
      // ajv's own words for the rest quote the schema only.
      return error.message ?? "breaks the schema";
  }
}

function comparison(keyword: string): string {
  return keyword.startsWith("min") ? "at least" : "at most";
}

function listed(values: unknown): string {
  return Array.isArray(values)
    ? values
        .slice(0, ISSUE_LIMIT)
        .map((value) => JSON.stringify(value))
        .join(", ")
    : "the listed values";
}

/** The known member that an unknown one was probably meant to be. */
function meant({ params, parentSchema }: ErrorObject): string {
  const unknown = String(params["additionalProperty"] ?? params["unevaluatedProperty"]);
  const known = Object.keys((parentSchema as { properties?: object } | undefined)?.properties ?? {});
  if (known.length === 0 || unknown.length > NAME_LIMIT) return "";
  const near = closest(unknown, known);
  return distance(unknown.toLowerCase(), near.toLowerCase()) <= Math.max(2, near.length / 3)
    ? `, did you mean ${near}?`
    : "";
}
