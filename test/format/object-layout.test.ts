import { describe, expect, it } from "vitest";
import { createObjectLayouts, internedName, type ObjectLayouts } from "../../src/format/object-layout.ts";

function make(layouts: ObjectLayouts, names: readonly string[]): object {
  let layout = layouts.empty;
  for (const name of names) layout = layouts.add(layout, internedName(name));
  return layouts.make(layout, ["before", ...names.map((name) => name.toUpperCase())], 1);
}

const wanted = (names: readonly string[]): object =>
  Object.fromEntries(names.map((name) => [name, name.toUpperCase()]));

describe("objects made by their layout", () => {
  it.each([
    ["none", []],
    ["names that objects inherit", ["constructor", "toString", "hasOwnProperty"]],
    ["names that are code, or end a string", ['a"], x: evil(', "b\\", "c\n", "d\u2028", "f`"]],
    ["numbers, which objects put in front", ["b", "10", "a", "2"]],
    ["more than a function is generated for", Array.from({ length: 300 }, (_, n) => `m${n}`)],
  ])("have their members as if added one by one: %s", (_, names) => {
    const layouts = createObjectLayouts();
    for (let time = 0; time < 50; time++) {
      const made = make(layouts, names);
      expect(made).toEqual(wanted(names));
      expect(Object.keys(made)).toEqual(Object.keys(wanted(names)));
      expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
    }
  });

  it("are right however many layouts there are", () => {
    const layouts = createObjectLayouts();
    for (let time = 0; time < 30; time++) {
      for (let n = 0; n < 1500; n++) {
        const names = ["a", `b${n}`, `c${time}`];
        expect(make(layouts, names)).toEqual(wanted(names));
      }
    }
  });
});
