import { isObject, type Json, type JsonObject } from "../message/json.ts";
import { countryOf, emailKey, phoneKey } from "./contact.ts";

/**
 * Path of one value that has an origin of its own: `status`, `name.family`, `attributes.segment`, and for an entry of
 * a list its field and normal form, `emails:jo@example.com`, so that two systems' spellings of one number meet.
 */
export type Leaf = string;

const BY_ENTRY = new Set(["emails", "phones", "addresses"]);

/** All leaves of a record's values with what they hold, in the order of the values. */
export function leavesOf(values: JsonObject): Map<Leaf, Json> {
  const leaves = new Map<Leaf, Json>();
  const country = countryOf(values);
  for (const field in values) {
    const value = values[field] as Json;
    if ((field === "name" || field === "attributes") && isObject(value)) {
      for (const [part, held] of Object.entries(value)) leaves.set(`${field}.${part}`, held);
    } else if (BY_ENTRY.has(field) && Array.isArray(value)) {
      for (const entry of value as readonly JsonObject[]) {
        const leaf = `${field}:${normalForm(field, entry, country)}`;
        if (!leaves.has(leaf)) leaves.set(leaf, entry);
      }
    } else {
      leaves.set(field, value);
    }
  }
  return leaves;
}

/** Whether a list of the record has an order at all. */
export function hasSeveral(values: JsonObject): boolean {
  for (const field of BY_ENTRY) {
    const list = values[field];
    if (Array.isArray(list) && list.length > 1) return true;
  }
  return false;
}

/** Whether a list of the record holds two entries of one normal form. */
export function saysTwice(values: JsonObject): boolean {
  let country: string | undefined;
  for (const field of BY_ENTRY) {
    const list = values[field];
    if (!Array.isArray(list) || list.length < 2) continue;
    country ??= countryOf(values);
    const forms = new Set<string>();
    for (const entry of list as readonly JsonObject[]) forms.add(normalForm(field, entry, country));
    if (forms.size < list.length) return true;
  }
  return false;
}

/** The field a leaf belongs to, as published and shown: an entry counts for its whole list. */
export function fieldOf(leaf: Leaf): string {
  if (leaf.startsWith("attributes.")) return leaf;
  const colon = leaf.indexOf(":");
  return colon === -1 ? leaf : leaf.slice(0, colon);
}

/** Two entries of equal normal form are one entry of the golden record. */
function normalForm(field: string, entry: JsonObject, country: string | undefined): string {
  if (field === "phones") {
    const number = String(entry["number"]);
    return phoneKey(number, country) ?? number.trim();
  }
  if (field === "emails") {
    const address = String(entry["address"]);
    return emailKey(address) ?? address.trim().toLowerCase();
  }
  return ["street", "postalCode", "city", "region", "country"]
    .map((part) => (typeof entry[part] === "string" ? squeeze(entry[part]) : ""))
    .join("|");
}

function squeeze(text: string): string {
  return text.trim().replace(/\s+/g, " ").toLowerCase();
}
