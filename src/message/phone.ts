import { type CountryCode, parsePhoneNumberFromString } from "libphonenumber-js/min";

/**
 * A telephone number as E.164 text (`+493012345678`), or undefined when the text is not one.
 * `country` (ISO 3166 alpha-2, either case) is the one meant when the text has no international prefix.
 * A number of a possible length counts; whether it is assigned is not asked. An extension is dropped, E.164 has none.
 */
export function normalisePhone(text: string, country?: string): string | undefined {
  const options =
    country === undefined ? {} : { defaultCountry: country.trim().toUpperCase() as CountryCode };
  const found = parsePhoneNumberFromString(text.trim(), { ...options, extract: false });
  return found?.isPossible() ? found.number : undefined;
}
