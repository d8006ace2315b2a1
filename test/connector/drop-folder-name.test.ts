import { describe, expect, it } from "vitest";
import { markerName, namePattern } from "../../src/connector/drop-folder-name.ts";

describe("a file pattern", () => {
  it.each([
    ["KUNDEN_*.csv", "KUNDEN_1.csv", true],
    ["KUNDEN_*.csv", "KUNDEN_.csv", true],
    ["KUNDEN_*.csv", "KUNDEN_1.csv.bak", false],
    ["KUNDEN_*.csv", "kunden_1.csv", false],
    ["K?.csv", "K1.csv", true],
    ["K?.csv", "K.csv", false],
    ["K?.csv", "K12.csv", false],
    ["*", "anything", true],
    ["*a*b*", "xxaxxbxx", true],
    ["*a*b*", "xxbxxaxx", false],
    ["a.c", "abc", false],
    ["[ab].csv", "a.csv", false],
    ["[ab].csv", "[ab].csv", true],
  ])("%s on %s: %s", (pattern, name, expected) => {
    expect(namePattern(pattern)(name)).toBe(expected);
  });

  it("does not go wild on many stars", () => {
    expect(namePattern(`${"*a".repeat(30)}b`)("a".repeat(128))).toBe(false);
  });

  it.each(["", "in/*.csv", "..\\*.csv"])("refuses %j", (pattern) => {
    expect(() => namePattern(pattern)).toThrow("names files, not folders");
  });
});

describe("a marker", () => {
  it.each([
    ["*.ok", "A.csv", "A.csv.ok"],
    [".ok", "A.csv", "A.csv.ok"],
    ["{stem}.ok", "A.B.csv", "A.B.ok"],
    ["{stem}.ok", "A", "A.ok"],
    ["READY_*", "$&.csv", "READY_$&.csv"],
  ])("%s for %s is %s", (done, name, expected) => {
    expect(markerName(done)(name)).toBe(expected);
  });

  it.each(["*", "../*.ok", "**.ok", "a b*"])("refuses %j", (done) => {
    expect(() => markerName(done)).toThrow("not the name of a marker");
  });
});
