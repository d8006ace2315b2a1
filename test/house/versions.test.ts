import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "./graph.ts";

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
}

/** Below these, a known fault or weakness of the library reaches us. */
const LEAST: Readonly<Record<string, string>> = {
  // Below it concurrent evaluations of one expression can give another record's data; below 2.2.1 code execution.
  jsonata: "2.2.2",
  // CVE-2026-25896, CVE-2026-26278, CVE-2026-33036, CVE-2026-33349: entities and limits.
  "fast-xml-parser": "5.12.1",
  bullmq: "6.7.0",
  fastify: "5.12.0",
  undici: "7.0.0",
  "csv-parse": "7.0.0",
};

describe("the libraries", () => {
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as Lock;
  const installed = (name: string): string[] =>
    Object.entries(lock.packages)
      .filter(([path]) => path === `node_modules/${name}` || path.endsWith(`/node_modules/${name}`))
      .map(([, entry]) => entry.version ?? "0.0.0");

  it.each(Object.entries(LEAST))("%s is at least %s, wherever it is installed", (name, least) => {
    const versions = installed(name);
    expect(versions.length).toBeGreaterThan(0);
    expect(versions.filter((version) => compare(version, least) < 0)).toEqual([]);
  });

  it("undici stays on 7, the last that runs on Node 20", () => {
    expect(installed("undici").filter((version) => !version.startsWith("7."))).toEqual([]);
  });

  it("jsonata is pinned exactly: mappings are tested against one evaluator", () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    expect(dependencies["jsonata"]).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

function compare(a: string, b: string): number {
  const left = a.split(/[.-]/).map(Number);
  const right = b.split(/[.-]/).map(Number);
  for (let index = 0; index < 3; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
