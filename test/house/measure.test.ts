import { describe, expect, it } from "vitest";
import { explicitAny, percentile, sourceFiles } from "./measure.ts";

describe("the measures", () => {
  it("an explicit any is found where it stands, and only as a type", () => {
    const text =
      'const any = "any"; // any\nexport function f(x: any): Array<any> {\n  return [any, x] as any;\n}\n';
    expect(explicitAny("f.ts", text)).toEqual(["f.ts:2", "f.ts:2", "f.ts:3"]);
  });

  it("a percentile is the nearest rank", () => {
    expect(percentile([5, 1, 3, 2, 4], 0.5)).toBe(3);
    expect(percentile([5, 1, 3, 2, 4], 0.95)).toBe(5);
    expect(percentile([], 0.5)).toBe(0);
  });

  it("tests are not counted as source", () => {
    const files = sourceFiles();
    expect(files).toContain("src/errors.ts");
    expect(files.filter((name) => name.includes(".test."))).toEqual([]);
  });
});
