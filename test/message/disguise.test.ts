import { expect, test } from "vitest";
import { disguise } from "../../src/message/disguise.ts";
import type { Json } from "../../src/message/json.ts";
import { seeded } from "../faults/random.ts";

const nothing = (): boolean => false;
const disguised = (value: Json, key = "secret"): Json => disguise(key, nothing).value(value);

test("values keep their shape, and the same words become the same", () => {
  const value = disguised({
    name: "Ada Lovelace",
    email: "ada.lovelace@analytical.example",
    phone: "+49 30 1234567",
    zip: "0042",
    no: "K-4711",
    born: "1990-12-10",
    at: "2026-11-23T10:15:00+01:00",
    compact: "20261123",
    total: 1250.75,
    count: 3,
    open: true,
    none: null,
  }) as Record<string, string>;
  expect(value["name"]).toMatch(/^[A-Z][a-z]{2} [A-Z][a-z]{7}$/);
  expect(value["email"]).toMatch(/^[a-z]{3}\.[a-z]{8}@[a-z]{10}\.[a-z]{7}$/);
  expect(value["email"]?.split("@")[0]).toBe(value["name"]?.toLowerCase().replace(" ", "."));
  expect(value["phone"]).toMatch(/^\+49 30 1\d{6}$/);
  expect(value["zip"]).toMatch(/^00[1-9]{2}$/);
  expect(value["no"]).toMatch(/^[A-Z]-[1-9]{4}$/);
  expect(value["born"]).toMatch(/^19(88|89|90)-\d\d-\d\d$/);
  expect(value["at"]).toMatch(/^202\d-\d\d-\d\dT10:15:00\+01:00$/);
  expect(value["compact"]).toBe(value["at"]?.slice(0, 10).replaceAll("-", ""));
  expect(value["total"]).toSatisfy((total: number) => total > 1111 && total < 10_000);
  expect(value).toMatchObject({ count: 3, open: true, none: null });
});

test("what masking leaves is left, and so are words of the project itself", () => {
  const own = disguise("secret", (text) => text === "support");
  expect(own.value({ status: "active", country: "DE", topic: "support", note: "support her" })).toMatchObject(
    {
      ...{ status: "active", country: "DE", topic: "support" },
      note: expect.not.stringContaining("support"),
    },
  );
});

test("what was disguised is told by its place and its kind", () => {
  const one = disguise("secret", nothing);
  one.value({
    people: [{ "e/mail": "ada@example.org", status: "new", phone: "030 1234567" }],
    on: "2026-01-02",
  });
  expect(one.disguised).toEqual([
    { pointer: "/people/0/e~1mail", kind: "e-mail" },
    { pointer: "/people/0/phone", kind: "phone" },
    { pointer: "/on", kind: "date" },
  ]);
});

test("the same record becomes the same each time, and another one for another hub", () => {
  const record = { name: "Ada Lovelace" };
  expect(disguised(record)).toEqual(disguised(record));
  expect(disguised(record)).not.toEqual(disguised(record, "other"));
});

const LETTERS = [..."abcdefghijklmnopqrstuvwxyzäöüßéñABCDEFGHIJKLMNOPQRSTUVWXYZÄÖ"];

/** Records of people as systems write them, made of a seed; with every personal value in them. */
function person(seed: number): { readonly record: Json; readonly personal: readonly string[] } {
  const { next } = seeded(seed);
  const upTo = (n: number): number => Math.floor(next() * n);
  const word = (least: number): string =>
    Array.from({ length: least + upTo(9) }, () => LETTERS[upTo(LETTERS.length)]).join("");
  const digits = (n: number): string => Array.from({ length: n }, () => String(1 + upTo(9))).join("");
  const name = `${word(5)} ${word(5)}`;
  const email = `${word(5)}.${digits(4)}@${word(6)}.example`;
  const phone = `+49 ${digits(3)} ${digits(7)}`;
  const street = `${word(6)} ${digits(4)}`;
  const born = `19${digits(2)}-0${1 + upTo(9)}-1${upTo(9)}`;
  const [id, tax] = [digits(8), Number(digits(9))];
  const personal = [...name.split(" "), email, phone, street, born, id, String(tax)];
  const record = {
    ...{ id, name, born, tax, status: "active" },
    contact: [{ email }, { phone, note: `Call ${name} at ${phone}, or write to ${email}` }],
    [word(4)]: { street, deep: { again: [name, { [word(3)]: `${street}, ${id}` }] } },
  };
  return { record, personal };
}

test("no personal value of a record is in what it is disguised as, whatever the record", () => {
  const found: string[] = [];
  for (let seed = 1; seed <= 2_000; seed++) {
    const { record, personal } = person(seed);
    const values = JSON.stringify(disguised(record)).toLowerCase();
    for (const one of personal) if (values.includes(one.toLowerCase())) found.push(`${seed}: ${one}`);
  }
  expect(found).toEqual([]);
});
