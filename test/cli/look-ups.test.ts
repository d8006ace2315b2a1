import { describe, expect, it } from "vitest";
import { project, run } from "./support.ts";

const MAPPING = `{
  "id": id,
  "hub": $xref("shop", customer),
  "billing": $xref("shop", customer, "billing"),
  "name": $customer("shop", customer).name.full,
  "country": $code("country", land)
}
`;
const LOOKUPS = {
  xref: { shop: { "7": { crm: "c-17", billing: "B-5" }, "8": "c-18" } },
  customer: { shop: { "7": { id: "c-17", name: { full: "Ann Lee" } } } },
};
const known = {
  name: "a customer the hub knows",
  in: { id: "1", lines: [], customer: "7", land: "D" },
  lookups: LOOKUPS,
  out: { id: "1", hub: "c-17", billing: "B-5", name: "Ann Lee", country: "DE" },
};
const unknown = { name: "nobody", in: { id: "2", lines: [], customer: "7", land: "X" }, out: { id: "2" } };

function withLookUps(changes: Readonly<Record<string, string>> = {}): Promise<string> {
  return project({
    "mappings/orders/order.jsonata": MAPPING,
    "mappings/codes/country.csv": "erp,iso\nD,DE\n",
    "mappings/orders/cases/large.json": JSON.stringify([known, unknown]),
    ...changes,
  });
}

describe("a project whose mappings look things up", () => {
  it("passes its check, and is told at the call what is wrong with one", async () => {
    const whole = await withLookUps({ "mappings/codes/country.csv": "erp,iso\nD,DE\n*,ZZ\n" });
    expect(await run(["check"], { cwd: whole })).toMatchObject({ code: 0, out: "✓ 1 flow ready\n" });
    const { out: warned } = await run(["check"], { cwd: await withLookUps() });
    expect(warned).toContain("mappings/orders/order.jsonata:6:14: warning: a code that");
    const wrong = MAPPING.replace('"country", land', '"contry", land');
    const { code, out } = await run(["check"], {
      cwd: await withLookUps({ "mappings/orders/order.jsonata": wrong }),
    });
    expect(code).toBe(1);
    expect(out).toContain("mappings/orders/order.jsonata:6:14");
    expect(out).toContain("there is no code list contry in mappings/codes");
    expect(out).toContain('Did you mean "country"?');
  });

  it("runs its cases with the answers that stand in them", async () => {
    const { code, out } = await run(["test"], { cwd: await withLookUps() });
    expect([code, out]).toEqual([0, expect.stringContaining("2 cases: 2 passed, 0 failed")]);
  });

  it("is told what is wrong with such answers", async () => {
    const answers = async (lookups: object): Promise<string> => {
      const cases = JSON.stringify({ ...known, lookups });
      return (await run(["test"], { cwd: await withLookUps({ "mappings/orders/cases/large.json": cases }) }))
        .err;
    };
    expect(await answers({ xreff: {} })).toMatch(
      /no such look-up[\s\S]*large\.json field \/lookups\/xreff[\s\S]*Did you mean xref\?/,
    );
    expect(await answers({ xref: { shop: { "7": 5 } } })).toContain("field /lookups/xref/shop/7");
    expect(await answers({ customer: { shop: { "7": "c-17" } } })).toContain(
      "the answer of $customer is an object",
    );
    expect(await answers({ customer: ["c-17"] })).toContain("field /lookups/customer");
  });

  it("tries a file with answers from another one, and shows what was asked", async () => {
    const cwd = await withLookUps({
      "order.json": JSON.stringify(known.in),
      "known.json": JSON.stringify(LOOKUPS),
      "wrong.json": '{ "customers": {} }',
    });
    const alone = await run(["try", "orders", "order.json"], { cwd });
    expect(alone.out).toContain('looked up $xref("shop", "7", "billing"): nobody');
    const { code, out } = await run(["try", "orders", "order.json", "--lookups", "known.json"], { cwd });
    expect(code).toBe(0);
    expect(out).toContain('looked up $xref("shop", "7", "billing"): "B-5"');
    expect(out).toContain('looked up $customer("shop", "7"): a customer');
    expect(out).toContain('"name": "Ann Lee"');
    const wrong = await run(["try", "orders", "order.json", "--lookups", "wrong.json"], { cwd });
    expect([wrong.code, wrong.err]).toEqual([
      2,
      expect.stringMatching(/wrong\.json field \/customers[\s\S]*Did you mean customer\?/),
    ]);
  });

  it("explains what it asks, and which code lists belong to it", async () => {
    const { out } = await run(["explain", "orders"], { cwd: await withLookUps() });
    expect(out).toMatch(/# \$xref and \$customer: asked of the hub/);
    expect(out).toContain("# $code: mappings/codes/country.csv, part of this version");
  });
});
