import { createRequire } from "node:module";
import type * as Library from "libphonenumber-js/min";
import type { CountryCode } from "libphonenumber-js/min";

const require = createRequire(import.meta.url);
let library: typeof Library | undefined;

/** Its tables are loaded with the first number that needs them. */
function phoneLibrary(): typeof Library {
  library ??= require("libphonenumber-js/min") as typeof Library;
  return library;
}

/**
 * A telephone number as E.164 text (`+493012345678`), or undefined when the text is not one.
 * `country` (ISO 3166 alpha-2, either case) is the one meant when the text has no international prefix.
 * A number of a possible length counts; whether it is assigned is not asked. An extension is dropped, E.164 has none.
 */
export function normalisePhone(text: string, country?: string): string | undefined {
  const options =
    country === undefined ? {} : { defaultCountry: country.trim().toUpperCase() as CountryCode };
  const found = phoneLibrary().parsePhoneNumberFromString(text.trim(), { ...options, extract: false });
  return found?.isPossible() ? found.number : undefined;
}
