/** A customer as the imaginary shop of the benches knows it: 20 fields, all text. About 1 KB as JSON. */
export interface ShopCustomer extends Readonly<Record<string, string>> {
  readonly number: string;
  readonly changedAt: string;
}

const GIVEN = ["Anna", "Björn", "Claire", "Dmitri", "Elif", "François", "Grażyna", "Heinz-Peter"];
const FAMILY = [
  "Müller",
  "van der Berg",
  "O'Neill",
  "Šimek",
  "Yılmaz",
  "Lefèvre",
  "Nowak",
  "Schmidt-Rottluff",
];
const CITY = ["Berlin", "Köln", "Göttingen", "Tallinn", "Århus", "Łódź", "Besançon", "Graz"];
const NOTE =
  "Prefers to be called in the morning. Delivery only to the yard, the gate closes at four in the afternoon. ";

/** Always the same customer for a number; `revision` changes some of its values and its version. */
export function shopCustomer(n: number, revision = 0): ShopCustomer {
  const pick = (list: readonly string[]): string => list[n % list.length] as string;
  const person = n % 3 !== 0;
  const digits = String(n).padStart(8, "0");
  return {
    number: `K${digits}`,
    kind: person ? "P" : "O",
    firstName: person ? pick(GIVEN) : "",
    lastName: person ? `${pick(FAMILY)} ${n % 977}` : "",
    company: person ? "" : `${pick(FAMILY)} & Söhne ${n % 977} GmbH`,
    vatId: `DE${String(100_000_000 + (n % 899_999_999))}`,
    language: n % 5 === 0 ? "EN" : "DE",
    state: n % 50 === 0 ? "B" : "A",
    email: ` Customer.${digits}@example.com `,
    phone: `+49 30 ${digits}`,
    mobile: `+49 151 ${digits}`,
    street: `${pick(FAMILY)}straße ${1 + (n % 190)}`,
    zip: String(10_000 + (n % 89_999)),
    city: pick(CITY),
    region: n % 2 === 0 ? "North" : "South",
    country: "DE",
    industry: String(1000 + (n % 40)),
    paymentDays: String(10 + ((n + revision) % 5) * 10),
    note: `${NOTE}${revision}`,
    changedAt: String(20_260_101_000_000 + revision),
  };
}

export const COLUMNS: readonly string[] = Object.keys(shopCustomer(1));

/** About 1,000 bytes: the note repeated until it is so long. */
export function shopJson(n: number, revision = 0): string {
  const customer = shopCustomer(n, revision);
  return JSON.stringify({ ...customer, note: `${NOTE.repeat(5)}${revision}` });
}

/** One line of a CSV file with `;`; no value holds one, nor a quote or a line end. */
export function shopCsv(n: number, revision = 0): string {
  return `${Object.values(shopCustomer(n, revision)).join(";")}\n`;
}
