import type { Kind } from "./kind.ts";

const TEXT = `(
  $countries := {
    "DE": "Germany", "AT": "Austria", "CH": "Switzerland", "FR": "France", "IT": "Italy", "ES": "Spain",
    "PT": "Portugal", "NL": "Netherlands", "BE": "Belgium", "DK": "Denmark", "SE": "Sweden", "EE": "Estonia"
  };
  $states := { "A": "active", "B": "blocked", "C": "closed" };
  {
    "country": $lookup($countries, country) ?? "other",
    "status": $lookup($states, state),
    "language": $lookup({ "D": "de", "E": "en", "F": "fr" }, language) ?? "en",
    "phone": $replace(phone, /[^0-9+]/, ""),
    "isMail": $contains(email, /^[^@ ]+@[^@ ]+[.][a-z]+$/i),
    "domain": $substringAfter(email, "@"),
    "zip": $match(address, /[0-9]{5}/)[0].match,
    "house": $match(address, /([0-9]+)[a-z]?,/)[0].groups[0],
    "slug": $lowercase($replace(name, /\\s+/, "-")),
    "words": $count($split(note, /\\s+/))
  }
)`;

interface Row {
  readonly country: string;
  readonly state: string;
  readonly language: string;
  readonly phone?: string;
  readonly email?: string;
  readonly address?: string;
  readonly name?: string;
  readonly note?: string;
}

const CODES = ["DE", "AT", "CH", "US", "EE", "FR"];

export const table: Kind = {
  name: "e look-up tables, regular expressions",
  text: TEXT,
  // $lookup by nothing is the whole table's failure, not work.
  keep: ["country", "state", "language"],
  record: (n): Row => ({
    country: CODES[n % CODES.length] as string,
    state: "ABC".charAt(n % 3),
    language: "DEFX".charAt(n % 4),
    phone: `+49 (30) 123-${String(n).padStart(5, "0")}`,
    email: n % 7 === 0 ? "none" : `Jo.Doe${n}@example.com`,
    address: `Hauptstraße ${1 + (n % 99)}a, ${10_000 + (n % 80_000)} Berlin`,
    name: `Anna  Maria Müller ${n}`,
    note: "Call in the morning only, the gate closes at four in the afternoon",
  }),
  byHand,
};

const COUNTRIES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    DE: "Germany",
    AT: "Austria",
    CH: "Switzerland",
    FR: "France",
    IT: "Italy",
    ES: "Spain",
    PT: "Portugal",
    NL: "Netherlands",
    BE: "Belgium",
    DK: "Denmark",
    SE: "Sweden",
    EE: "Estonia",
  }),
);
const STATES: ReadonlyMap<string, string> = new Map([
  ["A", "active"],
  ["B", "blocked"],
  ["C", "closed"],
]);
const LANGUAGES: ReadonlyMap<string, string> = new Map([
  ["D", "de"],
  ["E", "en"],
  ["F", "fr"],
]);

function byHand({ country, state, language, phone, email, address, name, note }: Row): unknown {
  const result: Record<string, unknown> = {};
  result["country"] = COUNTRIES.get(country) ?? "other";
  const status = STATES.get(state);
  if (status !== undefined) result["status"] = status;
  result["language"] = LANGUAGES.get(language) ?? "en";
  if (phone !== undefined) result["phone"] = phone.replace(/[^0-9+]/g, "");
  if (email !== undefined) {
    result["isMail"] = /^[^@ ]+@[^@ ]+[.][a-z]+$/i.test(email);
    const at = email.indexOf("@");
    result["domain"] = at < 0 ? email : email.slice(at + 1);
  }
  if (address !== undefined) {
    const zip = /[0-9]{5}/.exec(address);
    if (zip !== null) result["zip"] = zip[0];
    const house = /([0-9]+)[a-z]?,/.exec(address);
    if (house !== null) result["house"] = house[1];
  }
  if (name !== undefined) result["slug"] = name.replace(/\s+/g, "-").toLowerCase();
  result["words"] = note === undefined ? 0 : note.split(/\s+/).length;
  return result;
}
