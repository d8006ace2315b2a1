import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeCase } from "../../src/intake/write-case.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "write-case-"));
});
afterEach(() => {
  chmodSync(dir, 0o700);
  rmSync(dir, { recursive: true });
});

test("a case is a new file in the flow's folder of cases, which is made when there is none", async () => {
  expect(await writeCase(dir, "orders", "abroad.json", "{}\n")).toBe("mappings/orders/cases/abroad.json");
  expect(readFileSync(join(dir, "mappings/orders/cases/abroad.json"), "utf8")).toBe("{}\n");
});

test("a case that is there is not written over", async () => {
  await writeCase(dir, "orders", "abroad.json", "first");
  await expect(writeCase(dir, "orders", "abroad.json", "second")).rejects.toMatchObject({
    ...{ code: "TL_CONFLICT", cure: "Give the case another name." },
  });
  expect(readFileSync(join(dir, "mappings/orders/cases/abroad.json"), "utf8")).toBe("first");
});

test("a folder that cannot be written is a conflict that tells the other way", async () => {
  writeFileSync(join(dir, "mappings"), "a file where the folder would be");
  await expect(writeCase(dir, "orders", "abroad.json", "{}")).rejects.toMatchObject({
    ...{ code: "TL_CONFLICT", cure: expect.stringContaining("Download the case") },
  });
});

test.each([
  ["orders", "../../../etc/x.json"],
  ["orders", "a/b.json"],
  ["orders", "a.jsonata"],
  ["../..", "a.json"],
])("a name that leads elsewhere is refused: %s %s", async (flow, file) => {
  await expect(writeCase(dir, flow, file, "{}")).rejects.toMatchObject({ code: "TL_USAGE" });
  expect(existsSync(join(dir, "mappings"))).toBe(false);
});
