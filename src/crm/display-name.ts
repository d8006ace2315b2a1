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
  return /[\ud800-\udfff]/.test(text) || text.includes("\0")
    ? text.replaceAll("\0", "").replace(/\p{Cs}/gu, "")
    : text;
}

/**
 * A name as search compares it: without accents, in lower case, runs of white space as one blank.
 * Searching `muller` finds `Müller`; `ß` reads as `ss`.
 */
export function fold(text: string): string {
  return unaccent(text).toLowerCase().replace(/\s+/g, " ").trim();
}

/** Latin letters with accents, which most names that are not ASCII have: a table spares them Unicode's rules. */
const LATIN: readonly string[] = Array.from({ length: 0x180 }, (_, code) =>
  decompose(String.fromCharCode(code)),
);

function unaccent(text: string): string {
  if (isAscii(text)) return text;
  let plain = "";
  for (let index = 0; index < text.length; index++) {
    const letter = LATIN[text.charCodeAt(index)];
    if (letter === undefined) return decompose(text);
    plain += letter;
  }
  return plain;
}

function decompose(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replaceAll("ß", "ss");
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 127) return false;
  }
  return true;
}
