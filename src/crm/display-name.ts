import { isObject, type JsonObject } from "../message/json.ts";

/** The name a customer is listed under: the full name, else given and family, else the company; null without any. */
export function displayName(values: JsonObject): string | null {
  const name = values["name"];
  if (!isObject(name)) return null;
  const { full, given, family, company } = name;
  if (typeof full === "string" && full !== "") return storable(full);
  const person = [given, family].filter((part) => typeof part === "string" && part !== "").join(" ");
  if (person !== "") return storable(person);
  return typeof company === "string" && company !== "" ? storable(company) : null;
}

/** Without what not every database takes in a text: NUL and halves of surrogate pairs. The values keep them. */
function storable(text: string): string {
  return isAscii(text) && !text.includes("\0") ? text : text.replaceAll("\0", "").replace(/\p{Cs}/gu, "");
}

/**
 * A name as search compares it: without accents, in lower case, runs of white space as one blank.
 * Searching `muller` finds `Müller`; `ß` reads as `ss`.
 */
export function fold(text: string): string {
  const plain = isAscii(text)
    ? text
    : text
        .normalize("NFKD")
        .replace(/\p{M}+/gu, "")
        .replaceAll("ß", "ss");
  return plain.toLowerCase().replace(/\s+/g, " ").trim();
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 127) return false;
  }
  return true;
}
