import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepCompiledIn } from "../../src/kept/store.ts";
import { type OpenProject, openProject } from "../../src/project.ts";

const YAML = `apiVersion: tieline/v1
systems:
  erp: { connector: erp, settings: { files: { customers: { inbox: ./inbox, pattern: "*.csv" } } } }
`;
const FLOW = `apiVersion: tieline/v1
source: { system: erp, read: customers, format: { csv: {} } }
accepts: schemas/row.schema.json
key: number
map: customer.jsonata
routes:
  - topic: customers
`;
const SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  required: ["number"],
  properties: { number: { type: "string", maxLength: 10 } },
};

describe("a project that is kept between starts", () => {
  let dir: string;

  const file = (...path: string[]): string => join(dir, ...path);
  const open = (): Promise<OpenProject> => openProject({ dir, startedAt: 0 });
  const kept = (): string[] => readdirSync(file("data/compiled")).filter((name) => name.endsWith(".data"));

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "kept-project-"));
    mkdirSync(file("mappings/codes"), { recursive: true });
    mkdirSync(file("schemas"));
    writeFileSync(file("tieline.yaml"), YAML);
    writeFileSync(file("schemas/row.schema.json"), JSON.stringify(SCHEMA));
    write("one");
    write("two");
  });

  afterEach(() => {
    keepCompiledIn(null);
    rmSync(dir, { recursive: true, force: true });
  });

  function write(name: string, flow = FLOW): void {
    mkdirSync(file("mappings", name), { recursive: true });
    writeFileSync(file("mappings", name, "flow.yaml"), flow);
    writeFileSync(file("mappings", name, "customer.jsonata"), '{ "id": number }');
  }

  it("is the same as the one that is read", async () => {
    const read = await (await open()).read();
    expect(kept()).toHaveLength(1);
    expect(await (await open()).read()).toEqual(read);
    expect(read.map(({ name, issues }) => [name, issues])).toEqual([
      ["one", []],
      ["two", []],
    ]);
  });

  it("is read again when a text, a folder or a setting changed", async () => {
    await (await open()).read();
    writeFileSync(file("mappings/one/customer.jsonata"), '{ "id": number & "x" }');
    const [one] = await (await open()).read();
    expect(one?.definition?.texts["mappings/one/customer.jsonata"]).toBe('{ "id": number & "x" }');
    write("three");
    expect((await (await open()).read()).map(({ name }) => name)).toEqual(["one", "three", "two"]);
    rmSync(file("mappings/three"), { recursive: true });
    expect((await (await open()).read()).map(({ name }) => name)).toEqual(["one", "two"]);
    writeFileSync(file("tieline.yaml"), YAML.replace("customers:", "others:"));
    const states = await (await open()).read();
    expect(states.map(({ definition, issues }) => [definition, issues.length])).toEqual([
      [null, 1],
      [null, 1],
    ]);
  });

  it("is not kept when a flow has a mistake, which is told at each start", async () => {
    write("two", FLOW.replace("key: number", "key: number("));
    const first = await (await open()).read();
    expect(first[1]?.issues).not.toEqual([]);
    expect(kept()).toEqual([]);
    expect(await (await open()).read()).toEqual(first);
  });

  it("is made anew when what was kept is damaged or gone", async () => {
    const read = await (await open()).read();
    const path = file("data/compiled", kept()[0] as string);
    const whole = readFileSync(path, "utf8");
    for (const text of ["", whole.slice(0, -3), whole.replace('"one"', '"two"')]) {
      writeFileSync(path, text);
      expect(await (await open()).read()).toEqual(read);
      expect(readFileSync(path, "utf8")).toBe(whole);
    }
    unlinkSync(path);
    expect(await (await open()).read()).toEqual(read);
    expect(readFileSync(path, "utf8")).toBe(whole);
  });
});
