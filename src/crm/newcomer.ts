import { isObject, type Json, type JsonObject } from "../message/json.ts";
import { type Contact, contactsOf } from "./contact.ts";
import { displayName, fold } from "./display-name.ts";
import { saysTwice } from "./leaf.ts";
import { mergeRecord } from "./merge.ts";

/**
 * What a record of a customer comes to when the hub knows nothing of it: all that is stored then follows from the record
 * alone, and can be worked out wherever the record is mapped.
 */
export interface Newcomer {
  readonly externalId: string;
  /** Canonical values as JSON text, as the source record holds them; or its bytes, in UTF-8. */
  readonly values: string | Uint8Array;
  /** The columns of the customer's row that the values give. */
  readonly name: string | null;
  readonly folded: string | null;
  readonly status: string | null;
  /** Each once, in no order. */
  readonly contacts: readonly Contact[];
}

const NOTHING: JsonObject = {};

/** The values of a newcomer. */
export function valuesOf({ values }: Newcomer): JsonObject {
  const text =
    typeof values === "string" ? values : Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return JSON.parse(text.toString()) as JsonObject;
}

/**
 * A customer's record as a newcomer; null when more than the record decides what it comes to: it deletes, it declares
 * cross-references, or it says something twice, so that its golden record is not the record itself.
 */
export function newcomerOf(record: Json): Newcomer | null {
  if (!isObject(record) || record["op"] === "delete" || declaresLinks(record)) return null;
  const values = mergeRecord(NOTHING, record);
  const contacts = contactsOf(values);
  if (repeats(values, contacts)) return null;
  const name = displayName(values);
  const status = values["status"];
  return {
    externalId: String(record["id"]),
    values: JSON.stringify(values),
    name,
    folded: name === null ? null : fold(name),
    status: typeof status === "string" ? status : null,
    contacts,
  };
}

/** Whether a record names others as the same customer. */
export function declaresLinks({ links }: JsonObject): boolean {
  return !(links === undefined || links === null || (Array.isArray(links) && links.length === 0));
}

/** Whether the values say something twice. Contacts are known in their normal form, which takes long to find. */
function repeats(values: JsonObject, contacts: readonly Contact[]): boolean {
  const twice = contacts.some(({ kind, value }, index) =>
    contacts.some((other, at) => at < index && other.value === value && other.kind === kind),
  );
  if (twice) return true;
  const { phones, emails, ...others } = values;
  const all = lengthOf(phones) + lengthOf(emails) === contacts.length;
  return saysTwice(all ? others : values);
}

function lengthOf(list: Json | undefined): number {
  return Array.isArray(list) ? list.length : 0;
}
