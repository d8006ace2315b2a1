import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { loadConnectors } from "../../src/connector/registry.ts";
import { HubError } from "../../src/errors.ts";

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

function folder(files: Readonly<Record<string, string>>): URL {
  const root = mkdtempSync(join(tmpdir(), "tieline-registry-"));
  roots.push(root);
  writeFileSync(join(root, "package.json"), '{"type":"module"}');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(root, name), { recursive: true });
    if (content !== "") writeFileSync(join(root, name, "index.js"), content);
  }
  return pathToFileURL(root);
}

const connector = (name: string, more = "") =>
  `export default { name: "${name}", description: "d", settings: { type: "object" }, open() {}, ${more} };`;

describe("the registry of connectors", () => {
  it("loads the connectors that come with the program, each under its folder's name", async () => {
    const connectors = await loadConnectors();
    expect(Object.keys(connectors)).toEqual(expect.arrayContaining(["billing", "erp", "telephony", "web"]));
    for (const [name, { name: own }] of Object.entries(connectors)) expect(own).toBe(name);
  });

  it("loads a new folder without any other change, and passes over hidden ones and files", async () => {
    const connectors = await loadConnectors(folder({ ticketing: connector("ticketing"), ".git": "" }));
    expect(Object.keys(connectors)).toEqual(["ticketing"]);
  });

  it.each([
    ["without an index", "", "has no index.ts"],
    ["that does not compile", "export default {", "cannot be loaded"],
    ["that throws", "throw new Error('no driver');", "no driver"],
    ["without a default export", "export const a = 1;", "default export"],
    ["with another name", connector("other"), 'name is "other"'],
    ["without a description", connector("bad", 'description: ""'), "no `description`"],
    [
      "whose settings are not an object",
      connector("bad", 'settings: { type: "string" }'),
      "not a Type.Object",
    ],
    ["without open", connector("bad", "open: 1"), "no function `open`"],
  ])("names a folder %s, and the cure", async (_, content, message) => {
    const error = await loadConnectors(folder({ bad: content })).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HubError);
    expect(error).toMatchObject({ code: "TL_CONFIG_INVALID", place: { file: "connectors/bad" } });
    expect((error as HubError).describe()).toContain(message);
  });

  it("says when the folder of connectors itself is missing", async () => {
    const missing = pathToFileURL(join(tmpdir(), "tieline-no-such-folder"));
    await expect(loadConnectors(missing)).rejects.toMatchObject({ code: "TL_CONFIG_INVALID" });
  });
});
