import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emailKey, phoneKey } from "../../src/crm/contact.ts";
import { displayName, fold } from "../../src/crm/display-name.ts";
import { normaliseEmail } from "../../src/message/email.ts";
import { normalisePhone } from "../../src/message/phone.ts";

const RUNS = { numRuns: 5000 };

describe("the look-up form of a telephone number", () => {
  it.each([
    ["+49 30 1234567", undefined, "+49301234567"],
    ["030/123 45 67", "DE", "+49301234567"],
    ["0049 30 1234567", "DE", "+49301234567"],
    ["+49 (0)30 1234567", undefined, "+49301234567"],
    ["(202) 555-0100", "US", "+12025550100"],
    ["06 12345678", "IT", "+390612345678"],
    ["030 1234567", undefined, "0301234567"],
    ["4711", undefined, undefined],
    ["ask for Anna", "DE", undefined],
  ])("of %s in %s is %s", (text, country, key) => {
    expect(phoneKey(text, country)).toBe(key);
  });

  it("is the phone library's wherever that can read the number, short cuts or not", () => {
    const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 5, maxLength: 14 });
    const country = fc.constantFrom("AT", "CH", "DE", "FR", "GB", "NL", "US", "IT", undefined);
    fc.assert(
      fc.property(fc.constantFrom("+", "0", ""), digits, country, (head, tail, where) => {
        const normal = normalisePhone(head + tail, where);
        fc.pre(normal !== undefined);
        expect(phoneKey(head + tail, where)).toBe(normal);
      }),
      RUNS,
    );
  });
});

describe("the look-up form of an e-mail address", () => {
  it("is its normal form, short cut or not", () => {
    const unit = fc.constantFrom(..."abz09_.+-@ AÜ".split(""));
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 20 }), fc.constantFrom(".com", "@x.de", ""), (head, tail) => {
        expect(emailKey(head + tail)).toBe(normaliseEmail(head + tail));
      }),
      RUNS,
    );
  });
});

describe("a display name", () => {
  it.each([
    [{ full: "Dr. Anna Meier", family: "Meier" }, "Dr. Anna Meier"],
    [{ given: "Anna", family: "Meier", company: "ACME" }, "Anna Meier"],
    [{ family: "Meier" }, "Meier"],
    [{ company: "ACME" }, "ACME"],
    [{ full: "a\0b" }, "ab"],
    [{}, null],
  ])("of %j is %s", (name, shown) => {
    expect(displayName({ name })).toBe(shown);
  });

  it("is found without accents, case and double blanks", () => {
    expect(fold("  Müller &  SÖHNE Weißbier ")).toBe("muller & sohne weissbier");
  });
});
