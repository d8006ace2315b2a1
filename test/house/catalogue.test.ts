import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ERRORS } from "../../src/errors.ts";
import { ROOT } from "./graph.ts";
import { sourceFiles } from "./measure.ts";

describe("the catalogue of failures", () => {
  const used = sourceFiles()
    .filter((name) => name !== join("src", "errors.ts"))
    .map((name) => readFileSync(join(ROOT, name), "utf8"))
    .join("\n");

  it.each(Object.keys(ERRORS))("%s is used by the code", (code) => {
    expect(used.includes(`"${code}"`), `nothing outside src/errors.ts names ${code}`).toBe(true);
  });

  it.each(Object.entries(ERRORS))("%s tells what happened and what to do", (_code, entry) => {
    expect(entry.title).toMatch(/^\S.*[^.\s]$/);
    expect(entry.cure).toMatch(/^\S.*\.$/);
    expect(entry.status).toBeGreaterThanOrEqual(400);
    expect(entry.status).toBeLessThan(600);
  });

  it("the code names no failure that is not in the catalogue", () => {
    const named = new Set([...used.matchAll(/"(TL_[A-Z_]+)"/g)].map((match) => match[1] ?? ""));
    expect([...named].filter((code) => !Object.hasOwn(ERRORS, code))).toEqual([]);
  });
});
