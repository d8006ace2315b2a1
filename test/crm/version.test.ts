import { describe, expect, it } from "vitest";
import { isOlder } from "../../src/crm/version.ts";

describe("a version", () => {
  it.each([
    [9, 10],
    ["9", 10],
    ["9", "10"],
    ["-3", "2"],
    ["-10", "-9"],
    ["1.09", "1.1"],
    ["90071992547409931", "90071992547409932"],
    ["2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"],
    ["20240101", "20240102"],
    ["a", "b"],
  ])("%s is older than %s, and not the other way round", (older, newer) => {
    expect(isOlder(older, newer)).toBe(true);
    expect(isOlder(newer, older)).toBe(false);
  });

  it.each([
    ["1.0", "1"],
    ["007", 7],
    ["-0", "0"],
    ["x", "x"],
  ])("%s is as old as %s", (a, b) => {
    expect(isOlder(a, b)).toBe(false);
    expect(isOlder(b, a)).toBe(false);
  });
});
