import { normaliseEmail } from "../message/email.ts";
import { isObject, type Json, type JsonObject } from "../message/json.ts";
import { normalisePhone } from "../message/phone.ts";
import type { ContactKind } from "../store/crm-tables.ts";

/**
 * Numbers in E.164 (ITU-T) with no trunk prefix after the calling code: what the phone library would give back as it
 * is. North America and Russia have numbers of ten digits, and prefixes that look like one; Argentina, Madagascar and
 * the Marshall Islands have rules of their own.
 */
const E164 = new RegExp(
  `^\\+(?!54|261|692)(?:1[2-9]\\d{9}|7[3-79]\\d{9}|491[5-7]\\d{8,9}|(?:${[
    "2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]",
    "(?:2[1-69]|3[578]|42|5[09]|6[789]|8[0578]|9[679])\\d",
  ].join("|")})[1-7]\\d{6,9})$`,
);
/** Countries whose national numbers are a zero and, in these lengths, the rest of the E.164 number. */
const TRUNK_ZERO: Readonly<Record<string, { readonly code: string; readonly form: RegExp }>> = {
  AT: { code: "43", form: /^0[1-9]\d{7,10}$/ },
  CH: { code: "41", form: /^0[1-7]\d{8}$/ },
  DE: { code: "49", form: /^0[1-9]\d{7,10}$/ },
  FR: { code: "33", form: /^0[1-79]\d{8}$/ },
  GB: { code: "44", form: /^0[1-37]\d{9}$/ },
  NL: { code: "31", form: /^0[1-7]\d{8}$/ },
};
const PLAIN_EMAIL =
  /^[a-z0-9_+-]{1,32}(?:\.[a-z0-9_+-]{1,32})?@(?:[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?\.){1,4}[a-z]{2,10}$/;
/** Shorter runs of digits are extensions and short codes, shared by everybody. */
const FEWEST_DIGITS = 5;

/** A customer's contact in the form it is looked up by. */
export interface Contact {
  readonly kind: ContactKind;
  readonly value: string;
}

/**
 * The form a telephone number is compared and looked up in: E.164 where it can be read, else its digits when there
 * are at least five; undefined when it has none to go by. `country` is ISO 3166 alpha-2.
 */
export function phoneKey(text: string, country?: string): string | undefined {
  // The library takes 20 µs a number, more than all the rest of a record: plain forms do without.
  const plain = text.replace(/[\s./-]+/g, "");
  if (E164.test(plain)) return plain;
  const trunk = country === undefined ? undefined : TRUNK_ZERO[country];
  if (trunk?.form.test(plain)) return `+${trunk.code}${plain.slice(1)}`;
  const normal = normalisePhone(text, country);
  if (normal !== undefined) return normal;
  const digits = text.replace(/\D/g, "");
  return digits.length >= FEWEST_DIGITS ? digits : undefined;
}

/** The form an e-mail address is compared and looked up in; undefined when the text is not an address. */
export function emailKey(text: string): string | undefined {
  // An address of plain lower-case ASCII is its own normal form, except a label that hides another script.
  if (PLAIN_EMAIL.test(text) && !text.includes("--")) return text;
  return normaliseEmail(text);
}

/** The country numbers without international prefix belong to: that of the record's first address that has one. */
export function countryOf(values: JsonObject): string | undefined {
  const addresses = values["addresses"];
  if (!Array.isArray(addresses)) return undefined;
  for (const address of addresses as readonly JsonObject[]) {
    if (typeof address["country"] === "string") return address["country"];
  }
  return undefined;
}

/** Every contact of a customer record, in look-up form; may repeat. */
export function contactsOf(values: JsonObject): Contact[] {
  const contacts: Contact[] = [];
  for (const entry of entries(values["phones"])) {
    const value = phoneKey(String(entry["number"]), countryOf(values));
    if (value !== undefined) contacts.push({ kind: "phone", value });
  }
  for (const entry of entries(values["emails"])) {
    const value = emailKey(String(entry["address"]));
    if (value !== undefined) contacts.push({ kind: "email", value });
  }
  return contacts;
}

/** Objects of a list field; none when the field is not a list. */
export function entries(list: Json | undefined): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}
