import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openProject } from "../../src/project.ts";
import { folderWith, project, run } from "./support.ts";

/** A settings file whose one system takes its token from elsewhere. */
function siteWithToken(reference: string): string {
  return `apiVersion: tieline/v1
systems:
  site:
    connector: web
    settings:
      forms:
        contact: { token: "\${${reference}}" }
`;
}

describe("tieline check", () => {
  it("says how many flows are ready", async () => {
    const { code, out } = await run(["check"], { cwd: await project() });
    expect({ code, out }).toEqual({ code: 0, out: "✓ 1 flow ready\n" });
  });

  it("lists every mistake of every file with its place, and exits 1", async () => {
    const cwd = await project({
      "mappings/orders/flow.yaml":
        "apiVersion: tieline/v1\nsource:\n  topic: order.changed\nkey: id\nroots:\n  - to: crm.invoice\n",
      "mappings/other/flow.yaml":
        "apiVersion: tieline/v1\nsource:\n  topic: order.changed\nkey: id\nmap: gone.jsonata\nroutes:\n  - to: crm.invoice\n",
    });
    const { code, out } = await run(["check"], { cwd });
    expect(code).toBe(1);
    expect(out).toContain("mappings/orders/flow.yaml:5:1");
    expect(out).toContain("mappings/other/flow.yaml:5:6");
    const { findings, ok } = (await run(["check", "--json"], { cwd })).json() as {
      ok: boolean;
      findings: object[];
    };
    expect(ok).toBe(false);
    expect(findings.length).toBeGreaterThanOrEqual(2);
  });

  it("writes nothing, not even secrets that the first start would make", async () => {
    const cwd = await project({
      "tieline.yaml": siteWithToken("data:form"),
    });
    expect((await run(["check"], { cwd })).code).toBe(0);
    await expect(stat(join(cwd, "data"))).rejects.toThrow("ENOENT");
  });

  it("a folder that is no project is told from an empty one", async () => {
    const { code, err } = await run(["check"], { cwd: await folderWith({ "a.txt": "" }) });
    expect(code).toBe(1);
    expect(err).toContain("this is no project folder");
  });
});

describe("tieline compile", () => {
  it("writes all that a start needs into the data folder: expressions, schemas, the project", async () => {
    const cwd = await project();
    const { code, out } = await run(["compile"], { cwd });
    expect(code).toBe(0);
    expect(out).toContain("of 1 flow compiled into");
    const files = await readdir(join(cwd, "data", "compiled"));
    expect(files.filter((file) => file.endsWith(".cjs")).length).toBeGreaterThan(0);
    expect(files.filter((file) => file.endsWith(".data"))).toHaveLength(1);
    expect(files.every((file) => /\.(cjs|data)$/.test(file))).toBe(true);
    await (await openProject({ dir: cwd, startedAt: 0 })).read();
    expect(await readdir(join(cwd, "data", "compiled"))).toEqual(files);
  });
});

describe("tieline explain", () => {
  it("says how each expression runs", async () => {
    const cwd = await project();
    const { out } = await run(["explain", "orders"], { cwd });
    expect(out).toContain("# key: runs native");
    const json = (await run(["explain", "orders", "--json"], { cwd })).json();
    expect(json).toMatchObject({ expressions: { key: "native" } });
  });

  it("prints the flow with its defaults", async () => {
    const { code, out } = await run(["explain", "orders"], { cwd: await project() });
    expect(code).toBe(0);
    expect(out).toContain("topic: order.changed");
    expect(out).toContain("# default");
  });
});

describe("tieline test", () => {
  it("runs the cases of every flow", async () => {
    const { code, out } = await run(["test"], { cwd: await project() });
    expect(code).toBe(0);
    expect(out).toMatch(/orders\n {2}✓ a large order {2}\d+ ms/);
    expect(out).toMatch(/1 flow, 1 case: 1 passed, 0 failed/);
  });

  it("shows where a result differs from what was expected, and exits 1", async () => {
    const cwd = await project({
      "mappings/orders/cases/bad.json":
        '{ "name": "no vat", "in": { "id": "2", "lines": [] }, "out": { "id": "2", "total": 1, "taxId": null } }',
    });
    const { code, out } = await run(["test", "orders"], { cwd });
    expect(code).toBe(1);
    expect(out).toContain("✗ no vat");
    expect(out).toMatch(/output\.taxId +expected null +got \(missing\)/);
    expect(out).toContain("mappings/orders/cases/bad.json against mappings/orders/order.jsonata");
    expect(out).toContain("2 cases: 1 passed, 1 failed");
  });

  it("a secret that is not set here is no obstacle to running samples", async () => {
    const cwd = await project({
      "tieline.yaml": siteWithToken("env:NOT_SET"),
    });
    expect((await run(["check"], { cwd })).code).toBe(1);
    expect((await run(["test"], { cwd })).code).toBe(0);
  });

  it("--update writes what came out into the case, and nothing else", async () => {
    const bad = '{\n  "name": "no vat",\n  "in": { "id": "2", "lines": [{ "price": 3 }] },\n  "out": {}\n}\n';
    const cwd = await project({ "mappings/orders/cases/bad.json": bad });
    const large = await readFile(join(cwd, "mappings/orders/cases/large.json"), "utf8");
    const { code, out } = await run(["test", "--update"], { cwd });
    expect(code).toBe(0);
    expect(out).toContain("~ no vat");
    expect(out).toContain("1 updated");
    expect(JSON.parse(await readFile(join(cwd, "mappings/orders/cases/bad.json"), "utf8"))).toEqual({
      name: "no vat",
      in: { id: "2", lines: [{ price: 3 }] },
      out: { id: "2", total: 3 },
    });
    expect(await readFile(join(cwd, "mappings/orders/cases/large.json"), "utf8")).toBe(large);
    expect((await run(["test"], { cwd })).code).toBe(0);
  });

  it("a case for one route expects what that route sends", async () => {
    const cwd = await project({
      "mappings/orders/cases/small.json":
        '{ "name": "small", "route": "crm.invoice", "in": { "id": "2", "lines": [{ "price": 3 }] }, "out": { "id": "2", "total": 3 } }',
    });
    const { code, out } = await run(["test"], { cwd });
    expect(code).toBe(1);
    expect(out).toContain("got (missing)");
  });

  it("--reporter junit and --json tell the same", async () => {
    const cwd = await project();
    expect((await run(["test", "--reporter", "junit"], { cwd })).out).toContain(
      '<testcase classname="orders" name="a large order"',
    );
    expect((await run(["test", "--json"], { cwd })).json()).toMatchObject({
      flows: [
        {
          flow: "orders",
          cases: [{ name: "a large order", passed: true, file: "mappings/orders/cases/large.json" }],
        },
      ],
    });
  });

  it("--update keeps the form of the file, and says what it changed", async () => {
    const bad =
      '[\n  { "name": "no vat", "in": {"id":"2", "lines": [{ "price": 3 }]}, "out": { "id": "2", "total": 4 } }\n]\n';
    const cwd = await project({ "mappings/orders/cases/bad.json": bad });
    const { out } = await run(["test", "--update"], { cwd });
    expect(out).toMatch(/output\.total +expected 4 +got 3/);
    expect(out).toContain("mappings/orders/cases/bad.json written anew");
    const updated = await readFile(join(cwd, "mappings/orders/cases/bad.json"), "utf8");
    expect(updated).toBe(bad.replace('"total": 4', '"total": 3'));
  });

  it("--coverage goes the way that the look-ups of a case lead", async () => {
    const one = { name: "known", in: { id: "1", lines: [] }, out: { id: "1", total: 0, note: "c-1" } };
    const lookups = { xref: { erp: { "1": "c-1" } } };
    const cwd = await project({
      "mappings/orders/order.jsonata":
        '{ "id": id, "total": $sum(lines.price) ?? 0, "note": $xref("erp", id) ?? $code("kind", id) }\n',
      "mappings/codes/kind.csv": "erp,hub\n2,new\n",
      "mappings/orders/cases/large.json": JSON.stringify([
        { ...one, lookups },
        { ...one, name: "unknown", in: { id: "2", lines: [] }, out: { id: "2", total: 0, note: "new" } },
      ]),
    });
    const { code, out } = await run(["test", "--coverage"], { cwd });
    expect(out).toContain("2 passed");
    expect(code).toBe(0);
    expect(out).not.toContain("order.jsonata:1:54");
  });

  it("--coverage tells what the cases try of a mapping, and what not", async () => {
    const cwd = await project({
      "mappings/orders/order.jsonata":
        '{ "id": id, "total": $sum(lines[price > 0].price), "taxId": vat ?? "none", "note": lines.note }\n',
      "mappings/orders/cases/large.json":
        '{ "name": "large", "in": { "id": "1", "lines": [{ "price": 9 }], "vat": "X" }, "out": { "id": "1", "total": 9, "taxId": "X" } }',
    });
    const { code, out } = await run(["test", "--coverage"], { cwd });
    expect(code).toBe(0);
    expect(out).toContain("read, in no case: /lines/*/note");
    expect(out).toContain("set, in no result: /note");
    expect(out).toContain("mappings/orders/order.jsonata:1:33  […] never drops an item");
    expect(out).toContain("mappings/orders/order.jsonata:1:61  ?? never takes its right side");
    const { flows } = (await run(["test", "--coverage", "--json"], { cwd })).json() as {
      flows: { coverage: { share: number; source: object[] } }[];
    };
    expect(flows[0]?.coverage.source).toContainEqual({ path: "/vat", used: true, seen: true });
    expect(flows[0]?.coverage.share).toBeGreaterThan(0.6);
    const low = await run(["test", "--min-coverage", "90"], { cwd });
    expect(low.code).toBe(1);
    expect(low.err).toMatch(/orders: the cases cover \d+%, and --min-coverage asks for 90%/);
    expect((await run(["test", "--min-coverage", "50"], { cwd })).code).toBe(0);
    expect((await run(["test", "--min-coverage", "much"], { cwd })).code).toBe(2);
  });

  it("a report goes to a file while a person reads the text", async () => {
    const cwd = await project();
    const { code, out } = await run(["test", "--reporter", "junit", "--output", "report.xml"], { cwd });
    expect(code).toBe(0);
    expect(out).toContain("✓ a large order");
    expect(await readFile(join(cwd, "report.xml"), "utf8")).toContain('<testsuite name="orders" tests="1"');
    expect((await run(["test", "--reporter", "json"], { cwd })).json()).toMatchObject({
      flows: [{ flow: "orders" }],
    });
  });

  it("--watch runs again when a file changes, until it is stopped", async () => {
    const cwd = await project();
    const stop = new AbortController();
    const mapping = join(cwd, "mappings/orders/order.jsonata");
    const running = run(["test", "--watch"], { cwd, stop: stop.signal });
    // The first run is over quickly; whatever it saw, a later one sees the change.
    const change = setInterval(() => void writeFile(mapping, '{ "id": "changed" }'), 300);
    await new Promise((resolve) => setTimeout(resolve, 4000));
    clearInterval(change);
    stop.abort();
    const { code, out } = await running;
    expect(code).toBe(0);
    expect(out).toContain('got "changed"');
    // What passes is not worth a person's eyes.
    expect(out).not.toContain("✓");
  });
});

describe("tieline try", () => {
  const orders = '[{ "id": "1", "lines": [{ "price": 500 }] }, { "lines": [] }, { "id": "3", "lines": [] }]';

  it("shows what comes out of every record, and which routes it takes", async () => {
    const cwd = await project({ "orders.json": orders });
    const { code, out } = await run(["try", "orders", "orders.json"], { cwd });
    expect(code).toBe(3);
    expect(out).toContain("key 1   to crm.invoice, crm.interaction");
    expect(out).toContain("crm.invoice (filtered), crm.interaction");
    expect(out).toMatch(/✗ record 2 .*TL_ACCEPTS_FAILED/);
    expect(out).toContain("3 records: 2 mapped, 1 failed. Nothing was stored or sent.");
  });

  it("--row takes one record, --limit the first ones", async () => {
    const cwd = await project({ "orders.json": orders });
    const one = (await run(["try", "orders", "orders.json", "--row", "3", "--json"], { cwd })).json();
    expect(one).toMatchObject({
      flow: "orders",
      records: [{ row: 3, result: { key: "3", mapped: { id: "3" } } }],
    });
    const first = (await run(["try", "orders", "orders.json", "--limit", "1", "--json"], { cwd })).json();
    expect((first as { records: object[] }).records).toHaveLength(1);
    expect((await run(["try", "orders", "orders.json", "--row", "9"], { cwd })).err).toContain(
      "the file has no record 9",
    );
  });

  it("a file that is wrong as a whole is told with its place", async () => {
    const cwd = await project({ "orders.json": '[{ "id": "1", "lines": [] },' });
    const { code, err } = await run(["try", "orders", "orders.json"], { cwd });
    expect(code).toBe(1);
    expect(err).toMatch(/where {2}orders\.json/);
  });

  it("a file that is not there is told by its path", async () => {
    const { code, err } = await run(["try", "orders", "gone.json"], { cwd: await project() });
    expect(code).toBe(2);
    expect(err).toContain("gone.json");
  });
});
