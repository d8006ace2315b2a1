import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keep, keepCompiledIn, kept } from "../../src/kept/store.ts";

describe("code that is kept between starts", () => {
  let data: string;
  let folder: string;

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), "compiled-"));
    folder = join(data, "compiled");
    keepCompiledIn(folder);
  });

  afterEach(() => {
    keepCompiledIn(null);
    rmSync(data, { recursive: true, force: true });
  });

  const file = (): string => join(folder, readdirSync(folder)[0] as string);

  it("is found again by its key, as a module file", () => {
    keep("a mapping", "return () => runtime.answer;");
    expect(kept("a mapping")?.({ answer: 42 })()).toBe(42);
    expect(kept("another mapping")).toBeUndefined();
    expect(file()).toMatch(/[0-9a-f]{64}\.cjs$/);
  });

  it("is not taken when the file is not whole, or another's", () => {
    keep("a mapping", "return () => 1;");
    const whole = readFileSync(file(), "utf8");
    for (const text of [
      "",
      whole.slice(0, -5),
      whole.replace("=> 1", "=> 2"),
      whole.replace("// T", "// X"),
    ]) {
      writeFileSync(file(), text);
      expect(kept("a mapping")).toBeUndefined();
    }
    writeFileSync(file(), whole);
    expect(kept("a mapping")?.({})()).toBe(1);
  });

  it("is kept nowhere when the data folder is gone", () => {
    rmSync(data, { recursive: true });
    keep("a mapping", "return () => 1;");
    expect(existsSync(data)).toBe(false);
    expect(kept("a mapping")).toBeUndefined();
  });
});
