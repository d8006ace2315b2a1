import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";

/** All that may stand at the top, beside files whose names begin with a dot. */
const TOP = [
  "Dockerfile",
  "LICENSE",
  "README.md",
  "connectors",
  "mappings",
  "package-lock.json",
  "package.json",
  "schemas",
  "src",
  "test",
  "tieline.yaml",
  "tsconfig.json",
];

describe("the top level", () => {
  it("holds what everyone looks for there, and nothing else", () => {
    const files = execFileSync("git", ["ls-files"], { encoding: "utf8" }).trim().split("\n");
    const tops = new Set(files.map((file) => file.split("/")[0] ?? ""));
    expect([...tops].filter((name) => !name.startsWith(".")).sort()).toEqual(TOP);
  });
});
