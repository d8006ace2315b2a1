import { describe, expect, it } from "vitest";
import { parseCodeList } from "../../src/config/code-list-file.ts";
import type { HubError } from "../../src/errors.ts";
import { inspect, places } from "./project.ts";

const MAP = "mappings/erp/customer.jsonata";
const LIST = "mappings/codes/country.csv";
const COUNTRY = "erp,iso\nD,DE\n*,ZZ\n";
const USE = '{ "id": KUNNR,\n  "country": $code("country", LAND1) }\n';

function refused(path: string, text: string): string {
  try {
    parseCodeList(path, text);
  } catch (thrown) {
    const { place, message } = thrown as HubError;
    return `${place?.line}:${place?.column} ${message}`;
  }
  return "";
}

describe("the file of a code list", () => {
  it("is CSV with commas or semicolons, quotes where they are needed", () => {
    const comma = parseCodeList("c.csv", 'erp,iso\n\n"D,O", DE \nA,\n');
    expect([comma.columns, comma.find("D,O"), comma.find("A"), comma.find("DE", "erp")]).toEqual([
      ["erp", "iso"],
      "DE",
      undefined,
      "D,O",
    ]);
    expect(parseCodeList("c.csv", "erp;iso\r\nD;a,b\r\n").find("D")).toBe("a,b");
  });

  it("is YAML with one other code for each, or with several by column", () => {
    const plain = parseCodeList("c.yaml", 'D: DE\n10: 7\nNO: NO\n"*": ZZ\n');
    expect(["D", 10, "NO", "x"].map((code) => plain.find(code))).toEqual(["DE", 7, "NO", "ZZ"]);
    expect(plain.find("DE", "code")).toBe("D");
    const wide = parseCodeList("c.yaml", "D: { iso: DE, eu: true }\nCH: { iso: CH, name: Suisse }\n");
    expect(wide.columns).toEqual(["code", "iso", "eu", "name"]);
    expect([wide.find("D", "eu"), wide.find("D", "name"), wide.find("Suisse", "iso", "name")]).toEqual([
      true,
      undefined,
      "CH",
    ]);
  });

  it("is refused with the line that is wrong", () => {
    expect(refused("c.csv", "")).toBe("1:1 the list is empty");
    expect(refused("c.csv", "erp\nD\n")).toMatch(/^1:1 a code list has a header/);
    expect(refused("c.csv", "erp,erp\nD,DE\n")).toMatch(/^1:1 a code list has a header/);
    expect(refused("c.csv", "erp,iso\nD,DE\n\nA,AT,x\n")).toBe("4:1 the row has 3 cells, the header 2");
    expect(refused("c.csv", "erp,iso\n,DE\n")).toBe("2:1 the row has no code in its first column");
    expect(refused("c.csv", 'erp,iso\n"a\nb",DE\nD,DE\nD,AT\n')).toBe("5:1 the code D has a row already");
    expect(refused("c.csv", 'erp,iso\n"D,DE\n')).toBe("2:1 a quote is never closed");
    expect(refused("c.yaml", "- D\n")).toBe("1:1 a code list is a map of codes");
    expect(refused("c.yaml", "D: DE\nA: [AT]\n")).toBe("2:1 a code is a text, a number or true or false");
    expect(refused("c.yaml", "D: DE\nD: AT\n")).toMatch(/^2:1 /);
  });
});

describe("a flow that uses a code list", () => {
  it("has the list among its texts, so that it is part of its version", () => {
    const { project, findings } = inspect({ [MAP]: USE, [LIST]: COUNTRY });
    expect(places(findings)).toEqual([]);
    expect(project?.flows.find(({ name }) => name === "erp")?.texts[LIST]).toBe(COUNTRY);
  });

  it("is told where a list, a column or an argument is missing, and what was meant", () => {
    const lists = { [LIST]: COUNTRY, "mappings/codes/language.yaml": "D: de\n" };
    const found = inspect({ ...lists, [MAP]: USE.replace('"country", L', '"contry", L') }).findings;
    expect(places(found)).toEqual([`${MAP}:2:14 there is no code list contry in mappings/codes`]);
    expect(found[0]).toMatchObject({
      cure: 'Did you mean "country"?',
      excerpt: '  "country": $code("contry", LAND1) }',
    });
    const column = inspect({ ...lists, [MAP]: USE.replace("LAND1", 'LAND1, "ios"') }).findings;
    expect(places(column)).toEqual([`${MAP}:2:14 the code list has no column ios`]);
    expect(column[0]?.cure).toBe('Did you mean "iso"?');
    const argument = inspect({ ...lists, [MAP]: USE.replace(", LAND1", "") }).findings;
    expect(places(argument)).toEqual([`${MAP}:2:14 $code takes 2 to 4 arguments, not 1`]);
  });

  it("is told what is wrong inside the list, once", () => {
    const twice = `[${USE}, ${USE}]`;
    const { findings, project } = inspect({ [MAP]: twice, [LIST]: "erp,iso\nD,DE\nD,AT\n" });
    expect(places(findings)).toEqual([`${LIST}:3:1 the code D has a row already`]);
    expect(project).toBeNull();
    const both = inspect({ [MAP]: USE, [LIST]: COUNTRY, "mappings/codes/country.yaml": "D: DE\n" });
    expect(places(both.findings)).toEqual([`${MAP}:2:14 the code list country is there twice`]);
  });

  it("is warned where other codes give nothing, unless the mapping provides for it", () => {
    const found = (expression: string, list = "erp,iso\nD,DE\n"): readonly string[] =>
      places(inspect({ [MAP]: USE.replace('$code("country", LAND1)', expression), [LIST]: list }).findings);
    const warned = `${MAP}:2:14 a code that ${LIST} has no row for gives nothing here`;
    const { findings, project } = inspect({ [MAP]: USE, [LIST]: "erp,iso\nD,DE\n" });
    expect(places(findings)).toEqual([warned]);
    expect(findings[0]).toMatchObject({ severity: "warning", excerpt: USE.split("\n")[1] });
    expect(findings[0]?.cure).toContain("or add a row `*` to the list");
    expect(project).not.toBeNull();
    expect(found('$code("country", LAND1)', "erp,iso\nD,DE\n*,ZZ\n")).toEqual([]);
    expect(found('$code("country", LAND1, "erp")', "erp,iso\nD,DE\n*,ZZ\n")).toEqual([warned]);
    for (const provided of [
      '$code("country", LAND1) ?? null',
      '$code("country", LAND1) ?: "ZZ"',
      '("country" ~> $code(LAND1)) ?? null',
      'LAND1.$code("country", $) ?? null',
      '$exists($code("country", LAND1)) ? "known" : "other"',
      '$code("country", LAND1) = "DE" ? "home" : "abroad"',
      '( $c := $code("country", LAND1); $c ?? "ZZ" )',
      '( $f := function($l) { $l ? $code("country", $l) }; $f(LAND1) ?? "ZZ" )',
    ])
      expect([provided, ...found(provided)]).toEqual([provided]);
    for (const open of ['$uppercase($code("country", LAND1))', 'LAND1 ? $code("country", LAND1) : "ZZ"'])
      expect([open, found(open).length]).toEqual([open, 1]);
  });

  it("may use it in `when`, and look-ups nowhere else", () => {
    const shop = (line: string): string =>
      `apiVersion: tieline/v1\nsource:\n  system: shop\n  read: orders\n${line}routes:\n  - to: crm.order\n`;
    const when = `${shop("key: id\n")}    when: $code("contry", land) = "DE"\n`;
    expect(places(inspect({ "mappings/shop/flow.yaml": when, [LIST]: COUNTRY }).findings)).toEqual([
      "mappings/shop/flow.yaml:8:11 routes[1].when: there is no code list contry in mappings/codes",
    ]);
    const key = inspect({ "mappings/shop/flow.yaml": shop('key: $xref("shop", id)\n') }).findings;
    expect(places(key)).toEqual(["mappings/shop/flow.yaml:5:6 key: there is no function $xref"]);
    expect(key[0]?.cure).toBe("Look-ups are for the mapping and for `when` of a route.");
  });
});
