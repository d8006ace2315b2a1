import { expect, test } from "vitest";
import { isAt, layOut, nearest } from "../../src/dashboard/screen/field-path.ts";

test("a value is laid out line by line as JSON is, and each line knows where it stands", () => {
  const value = { a: 1, list: [{ b: "x" }, []], none: null };
  const lines = layOut(value);
  expect(lines.map(({ text, depth }) => "  ".repeat(depth) + text).join("\n")).toBe(
    JSON.stringify(value, null, 2),
  );
  expect(lines.find(({ text }) => text === '"b": "x"')?.steps).toEqual(["list", 0, "b"]);
});

test("a path names items with a star, or without a step where no schema tells of a list", () => {
  expect(isAt("/lines/*/qty", ["lines", 3, "qty"])).toBe(true);
  expect(isAt("/lines/qty", ["lines", 3, "qty"])).toBe(true);
  expect(isAt("/lines/*/qty", ["lines", "qty"])).toBe(true);
  expect(isAt("/lines/*/qty", ["lines", 3, "price"])).toBe(false);
  expect(isAt("/lines", ["lines", 3, "price"])).toBe(false);
});

test("two stars name all at or below, and names are unescaped", () => {
  expect(isAt("/a/**", ["a"])).toBe(true);
  expect(isAt("/a/**", ["a", "b", 0])).toBe(true);
  expect(isAt("/**", ["anything"])).toBe(true);
  expect(isAt("/a~1b/c~0d", ["a/b", "c~d"])).toBe(true);
  expect(isAt("", [])).toBe(true);
  expect(isAt("", ["a"])).toBe(false);
});

test("a place is told by its own field before by what hands over all around it", () => {
  const all = [{ path: "/**" }, { path: "/a" }];
  expect(nearest(all, ["a"])).toEqual([{ path: "/a" }]);
  expect(nearest(all, ["b"])).toEqual([{ path: "/**" }]);
  expect(nearest([{ path: "/a" }], ["b"])).toEqual([]);
});
