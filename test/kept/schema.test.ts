import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keepCompiledIn } from "../../src/kept/store.ts";

const MAIN = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  required: ["id"],
  additionalProperties: false,
  properties: {
    id: { type: "string", minLength: 2, maxLength: 3 },
    mail: { type: "string", format: "email" },
    day: { type: "string", format: "date", pattern: "^20" },
    tags: { type: "array", uniqueItems: true, items: { enum: ["a", "b"] } },
    part: { $ref: "part.schema.json" },
    self: { $ref: "#" },
  },
};
const PART = { type: "object", properties: { n: { type: "integer", minimum: 1 } } };
const TEXTS: Readonly<Record<string, string>> = { "schemas/part.schema.json": JSON.stringify(PART) };
const VALUES = [
  { id: "abc", mail: "a@b.de", day: "2026-11-27", tags: ["a", "b"], part: { n: 1 } },
  { id: "😀😀😀", self: { id: "ab" } },
  { id: "a", mail: "nobody", day: "1999-02-31", tags: ["a", "a", "c"], part: { n: 0.5 }, idd: 1 },
  { self: { self: { id: "long" } } },
  "text",
];

describe("schemas that are kept between starts", () => {
  let data: string;

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), "kept-schema-"));
    keepCompiledIn(join(data, "compiled"));
  });

  afterEach(() => {
    keepCompiledIn(null);
    rmSync(data, { recursive: true, force: true });
  });

  const files = (): readonly string[] => readdirSync(join(data, "compiled")).sort();

  /** As a new process sees it: nothing is in memory. */
  async function issuesOf(texts: Readonly<Record<string, string>>): Promise<readonly unknown[]> {
    vi.resetModules();
    const store = await import("../../src/kept/store.ts");
    store.keepCompiledIn(join(data, "compiled"));
    const { compileSchema } = await import("../../src/schema/compile.ts");
    const schema = compileSchema(JSON.stringify(MAIN), "schemas/main.schema.json", (path) => texts[path]);
    return VALUES.map((value) => schema.validate(value));
  }

  it("judge as those that were just made", async () => {
    const made = await issuesOf(TEXTS);
    const before = files();
    expect(before).toHaveLength(1);
    expect(await issuesOf(TEXTS)).toEqual(made);
    expect(files()).toEqual(before);
    expect(made.map((issues) => (issues as unknown[]).length > 0)).toEqual([false, false, true, true, true]);
  });

  it("are others when what they refer to changes", async () => {
    await issuesOf(TEXTS);
    const other = { "schemas/part.schema.json": JSON.stringify({ type: "string" }) };
    const [first] = await issuesOf(other);
    expect(first).toEqual([{ place: { field: "/part" }, message: "must be string (type)" }]);
    expect(files()).toHaveLength(2);
  });

  it("hold all their code: nothing of ajv makes any when they are loaded", async () => {
    await issuesOf(TEXTS);
    const [file] = files();
    const { default: factory } = (await import(
      pathToFileURL(join(data, "compiled", file as string)).href
    )) as { readonly default: (runtime: object) => (value: unknown) => boolean };
    const asked: string[] = [];
    factory({
      require: (name: string) => {
        asked.push(name);
        return { default: () => true, fullFormats: {} };
      },
    });
    for (const name of asked)
      expect(name).toMatch(/^(ajv\/dist\/runtime\/|ajv-formats\/dist\/formats$|tieline\/)/);
    expect(asked.length).toBeGreaterThan(0);
  });
});
