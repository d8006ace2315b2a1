import { describe, expect, it } from "vitest";
import { normaliseEmail } from "../../src/message/email.ts";
import { normalisePhone } from "../../src/message/phone.ts";
import { evaluated } from "./support.ts";

describe("$phone", () => {
  it.each([
    ["030 1234567", "de", "+49301234567"],
    ["(030) 123-45.67", "DE", "+49301234567"],
    ["+49 (0)30 1234567", undefined, "+49301234567"],
    ["0049 30 1234567", "DE", "+49301234567"],
    ["212 555 0100", "US", "+12125550100"],
    ["+1 212 555 0100 ext 4", "DE", "+12125550100"],
    ["030 1234567", undefined, undefined],
    ["030 1234567", "XX", undefined],
    ["call +49 30 1234567", "DE", undefined],
    ["12", "DE", undefined],
    ["", "DE", undefined],
  ])("%j in %s is %s", async (text, country, expected) => {
    expect(normalisePhone(text, country)).toBe(expected);
    const call = country === undefined ? "$phone(text)" : "$phone(text, country)";
    expect(await evaluated(call, { text, country: country ?? null })).toBe(expected);
  });
});

describe("$email", () => {
  it.each([
    [" Jo.Doe@Example.COM ", "jo.doe@example.com"],
    ["jo@bücher.de", "jo@xn--bcher-kva.de"],
    ["jo+tag@x.co.uk", "jo+tag@x.co.uk"],
    ["ü@x.de", "ü@x.de"],
    ["jo@localhost", undefined],
    ["@x.de", undefined],
    ["a..b@x.de", undefined],
    ["jo@1.2.3.4", undefined],
    ["jo@x.de:25", undefined],
    ["jo@%61.de", undefined],
    ["a b@x.de", undefined],
    ["jo@x.de.", undefined],
    ["<jo@x.de>", undefined],
    ["jo@a.de, jo@b.de", undefined],
    [`${"l".repeat(65)}@x.de`, undefined],
    ["jo@-x.de", undefined],
  ])("%j is %s", async (text, expected) => {
    expect(normaliseEmail(text)).toBe(expected);
    expect(await evaluated("$email(text)", { text })).toBe(expected);
  });
});

describe("$isoDate", () => {
  it.each([
    ["20270328", undefined, "2027-03-28"],
    ["28.03.2027", undefined, "2027-03-28"],
    ["8.3.2027", undefined, "2027-03-08"],
    ["2027-03-28", undefined, "2027-03-28"],
    ["2027-03-28T23:59:00Z", undefined, "2027-03-28"],
    ["28/03/2027", "DD/MM/YYYY", "2027-03-28"],
    ["03/28/27", "MM/DD/YY", "2027-03-28"],
    ["280399", "DDMMYY", "1999-03-28"],
    ["29.02.2028", undefined, "2028-02-29"],
    ["28/03/2027", undefined, undefined],
    ["29.02.2027", undefined, undefined],
    ["00.00.0000", undefined, undefined],
    ["00000000", undefined, undefined],
    ["20271301", undefined, undefined],
    ["2027-03-28x", undefined, undefined],
    ["", undefined, undefined],
  ])("%j by %s is %s", async (text, picture, expected) => {
    const call = picture === undefined ? "$isoDate(text)" : "$isoDate(text, picture)";
    expect(await evaluated(call, { text, picture: picture ?? null })).toBe(expected);
  });
});

describe("$decimal", () => {
  it.each([
    ["1.234,56", undefined, "1234.56"],
    ["1,234.56", undefined, "1234.56"],
    ["1'234'567.5", undefined, "1234567.5"],
    ["1 234,50", undefined, "1234.50"],
    ["1.234.567", undefined, "1234567"],
    ["12,50-", undefined, "-12.50"],
    ["-0,00", undefined, "0.00"],
    ["007", undefined, "7"],
    ["0,125", undefined, "0.125"],
    ["12345678901234567890.01", undefined, "12345678901234567890.01"],
    ["1.234", ",", "1234"],
    ["1.234", ".", "1.234"],
    ["1.234", undefined, undefined],
    ["1.23,4.5", undefined, undefined],
    ["12.34,5", undefined, undefined],
    ["1,5 EUR", undefined, undefined],
    ["-1-", undefined, undefined],
    [",5", undefined, undefined],
    ["5,", undefined, undefined],
    ["1e5", undefined, undefined],
    ["", undefined, undefined],
    ["1.5", ";", undefined],
  ])("%j by %s is %s", async (text, style, expected) => {
    const call = style === undefined ? "$decimal(text)" : "$decimal(text, style)";
    expect(await evaluated(call, { text, style: style ?? null })).toBe(expected);
  });

  it("works on the context, and on nothing", async () => {
    expect(await evaluated("prices.$decimal()", { prices: ["1,50", "2,75"] })).toEqual(["1.50", "2.75"]);
    expect(await evaluated("$decimal(missing)")).toBeUndefined();
  });
});
