import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { project, run } from "./support.ts";

const cwd = fileURLToPath(new URL("../..", import.meta.url));

interface Hop {
  readonly flow: string;
  readonly target: string;
  readonly to: string;
  readonly place: { readonly file: string; readonly line: number };
  readonly sources: readonly { readonly path: string }[];
  readonly topic: string | null;
  readonly hops: readonly Hop[];
  readonly repeated: boolean;
}

interface Answer {
  readonly side: string;
  readonly crossings: readonly Hop[];
  readonly uses: readonly { readonly flow: string; readonly use: string }[];
}

async function asked(...line: readonly string[]): Promise<Answer> {
  const { code, json, err } = await run(["lineage", ...line, "--json"], { cwd });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return json() as Answer;
}

describe("tieline lineage of a target field", () => {
  it("names every flow, line and source field that makes it", async () => {
    const { crossings } = await asked("crm.customer.phones.number");
    expect(crossings.map(({ flow, sources }) => [flow, ...sources.map(({ path }) => path)])).toEqual([
      ["billing-customers", "/data/phone", "/data/address/country"],
      ["erp-customers", "/TELF1", "/LAND1", "/TELF2"],
      ["erp-customers-idoc", "/E1KNA1M/TELF1", "/E1KNA1M/LAND1", "/E1KNA1M/TELF2"],
      ["mainframe-customers", "/PHONE/*", "/COUNTRY"],
    ]);
    const { out } = await run(["lineage", "crm.customer.phones.number"], { cwd });
    expect(out).toContain("mappings/erp-customers/customer.jsonata:10:30");
    expect(out).toContain("made from   /TELF1 /LAND1 /TELF2");
  });

  it("takes brackets and pointers, and a target alone for all its fields", async () => {
    const dotted = await asked("crm.customer.phones.number");
    expect((await asked("crm.customer.phones[].number")).crossings).toEqual(dotted.crossings);
    expect((await asked("crm.customer/phones/*/number")).crossings).toEqual(dotted.crossings);
    const all = await asked("billing.customer");
    expect(all.crossings.map(({ target }) => target)).toContain("/address/zip");
  });

  it("that nothing sets is told apart from one that is not there", async () => {
    expect((await run(["lineage", "crm.customer.notes"], { cwd })).out).toContain("no mapping sets it");
    const wrong = await run(["lineage", "crm.customer.phone"], { cwd });
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain('Did you mean "phones"?');
    expect((await run(["lineage", "crm.custmer.id"], { cwd })).err).toContain('Did you mean "crm.customer"?');
    expect((await run(["lineage"], { cwd })).code).toBe(2);
  });
});

describe("tieline lineage of a source field", () => {
  it("names all it goes into, and what the flow itself uses it for", async () => {
    const { crossings, uses, side } = await asked("erp.KUNNR");
    expect(side).toBe("source");
    expect(crossings.map(({ to, target, place }) => `${to}${target} ${place.line}`)).toEqual([
      "crm.customer/id 17",
      "crm.customer/id 19",
    ]);
    expect(uses.map(({ use }) => use)).toEqual(["key"]);
    expect(await asked("--from", "erp-customers:KUNNR")).toMatchObject({ crossings, uses });
  });

  it("can be one of a topic, or of a system that is a target too", async () => {
    const topic = await asked("customer.changed.name.given");
    expect(topic.crossings.map(({ target }) => target)).toEqual(["/firstName"]);
    const system = await asked("--from", "billing.data.number");
    expect(system.crossings.map(({ flow }) => flow)).toContain("billing-invoices");
  });

  it("that is not there is told with the one that was meant", async () => {
    expect((await run(["lineage", "erp.KUNNRR"], { cwd })).err).toContain('Did you mean "KUNNR"?');
    expect((await run(["lineage", "--from", "erp-custmers:KUNNR"], { cwd })).err).toContain("erp-customers");
  });
});

describe("tieline lineage through a flow without a mapping", () => {
  const flow =
    "apiVersion: tieline/v1\nsource:\n  topic: order.changed\naccepts: schemas/order.schema.json\nkey: id\nroutes:\n  - to: crm.invoice\n";

  it("hands every field over as it is", async () => {
    const dir = await project({ "mappings/orders/flow.yaml": flow });
    const found = (await run(["lineage", "crm.invoice.vat", "--json"], { cwd: dir })).json() as Answer;
    expect(found.crossings).toMatchObject([{ target: "/vat", sources: [{ path: "/vat" }] }]);
    const back = (await run(["lineage", "order.changed.vat", "--json"], { cwd: dir })).json() as Answer;
    expect(back.crossings).toMatchObject([{ target: "/vat", sources: [{ path: "/vat" }] }]);
  });

  it("leaves out flows with mistakes, and says so", async () => {
    const dir = await project({ "mappings/broken/flow.yaml": "apiVersion: tieline/v1\n" });
    const { code, err, out } = await run(["lineage", "crm.invoice.total"], { cwd: dir });
    expect({ code, err }).toEqual({ code: 0, err: "left out, `tieline check` tells why: broken\n" });
    expect(out).toContain("made from   /lines/*/price");
  });
});

describe("tieline lineage through topics", () => {
  const endsOf = (hops: readonly Hop[]): readonly Hop[] =>
    hops.flatMap((hop) => (hop.hops.length === 0 ? [hop] : endsOf(hop.hops)));
  const chain = (name: string, source: string, route: string, map: string): Record<string, string> => ({
    [`mappings/${name}/flow.yaml`]: `apiVersion: tieline/v1\nsource:\n  topic: ${source}\naccepts: schemas/any.schema.json\nkey: id\ncarries: change\nmap: map.jsonata\nemits: schemas/any.schema.json\nroutes:\n  - ${route}\n`,
    [`mappings/${name}/map.jsonata`]: map,
    "schemas/any.schema.json": '{ "type": "object" }',
  });

  it("follows a source field through the CRM to the flows that subscribe to it", async () => {
    const { crossings } = await asked("erp.TELF1");
    const [listed] = crossings.filter(({ target }) => target === "/phones/*/number");
    expect(listed).toMatchObject({ to: "crm.customer", topic: "customer.changed", repeated: false });
    expect(listed?.hops).toMatchObject([
      { flow: "crm-customers-to-billing", to: "billing.customer", target: "/phone", topic: null, hops: [] },
    ]);
    const { out } = await run(["lineage", "erp.TELF1"], { cwd });
    expect(out).toContain("      customer.changed: crm-customers-to-billing  → billing.customer  /phone\n");
  });

  it("follows a target field back to the systems it first came from", async () => {
    const { crossings } = await asked("billing.customer.phone");
    expect(crossings).toMatchObject([{ flow: "crm-customers-to-billing", topic: "customer.changed" }]);
    const made = endsOf(crossings).filter(({ target }) => target === "/phones/*/number");
    expect(made.map(({ flow, sources }) => [flow, sources[0]?.path])).toEqual([
      ["billing-customers", "/data/phone"],
      ["erp-customers", "/TELF1"],
      ["erp-customers-idoc", "/E1KNA1M/TELF1"],
      ["mainframe-customers", "/PHONE/*"],
    ]);
    const { out } = await run(["lineage", "billing.customer.phone"], { cwd });
    expect(out).toContain("customer.changed: crm.customer  /phones/*/number  by erp-customers from erp");
  });

  it("knows that the id of a system is an external id once it is published", async () => {
    const onward = endsOf((await asked("erp.KUNNR")).crossings);
    expect([...new Set(onward.map(({ to, target }) => `${to}${target}`))]).toEqual([
      "billing.customer/number",
      "billing.customer/erpNumber",
    ]);
    const back = endsOf((await asked("billing.customer.crmId")).crossings);
    expect(back.map(({ flow }) => flow)).toEqual(["crm-customers-to-billing"]);
  });

  it("does not follow what is not published", async () => {
    const flow = `apiVersion: tieline/v1\nsource:\n  topic: order.changed\naccepts: schemas/any.schema.json\nkey: id\ncarries: change\npublish: false\nroutes:\n  - to: crm.invoice\n`;
    const loads = chain("loads", "order.changed", "to: crm.invoice", '{ "id": id }');
    const after = chain("after", "invoice.changed", "topic: end", '{ "id": id }');
    const dir = await project({ ...loads, ...after, "mappings/loads/flow.yaml": flow });
    const { json } = await run(["lineage", "--from", "loads:id", "--json"], { cwd: dir });
    expect((json() as Answer).crossings).toMatchObject([{ to: "crm.invoice", topic: null, hops: [] }]);
  });

  it("ends where flows lead round in a circle", async () => {
    const dir = await project({
      ...chain("there", "a", "topic: b", '{ "id": id, "x": y }'),
      ...chain("back", "b", "topic: a", '{ "id": id, "y": x }'),
    });
    const { out, json } = await run(["lineage", "a.y", "--json"], { cwd: dir });
    const [there] = (json() as Answer).crossings;
    expect(out).not.toBe("");
    expect(there).toMatchObject({ flow: "there", hops: [{ flow: "back", hops: [{ flow: "there" }] }] });
    expect(there?.hops[0]?.hops[0]).toMatchObject({ repeated: true, hops: [] });
    expect((await run(["lineage", "a.y"], { cwd: dir })).out).toContain("b: as told above");
    const upstream = await run(["lineage", "topic:b.x", "--json"], { cwd: dir });
    expect(endsOf((upstream.json() as Answer).crossings)).toMatchObject([{ flow: "there", repeated: true }]);
  });

  it("ends where a flow wraps what it publishes to itself", async () => {
    const dir = await project(chain("wraps", "a", "topic: a", '{ "id": id, "in": $ }'));
    const { code, json } = await run(["lineage", "a.y", "--json"], { cwd: dir });
    expect(code).toBe(0);
    expect(endsOf((json() as Answer).crossings)).toMatchObject([{ flow: "wraps", repeated: true }]);
  });
});
