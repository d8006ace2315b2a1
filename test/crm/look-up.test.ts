import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { crmTables } from "../../src/backend/sqlite/crm-tables.ts";
import { lookUp } from "../../src/crm/look-up.ts";
import { item, openRepository, type Repository } from "./repository.ts";

describe("a look-up of customers", () => {
  let crm: Repository;
  beforeEach(async () => {
    crm = openRepository();
    await crm.apply(
      item("erp", { id: "00017", name: { full: "Ann Lee" }, status: "active" }),
      item("billing", { id: "B-5", links: [{ system: "erp", id: "00017" }], language: "en" }),
      item("erp", { id: "00018" }),
      item("erp", { id: "00018", op: "delete" }),
    );
  });
  afterEach(() => crm.close());
  const ask = (...[ids, customers]: [Parameters<typeof lookUp>[1], Parameters<typeof lookUp>[2]]) =>
    lookUp(crmTables(crm.sql), ids, customers);

  it("leads from one system's id to the hub's, to another system's, and back", async () => {
    const { ids } = await ask(
      [
        { system: "erp", id: "00017", to: "crm" },
        { system: "billing", id: "B-5", to: "erp" },
        { system: "crm", id: "c-1", to: "billing" },
        { system: "crm", id: "c-1", to: "shop" },
        { system: "erp", id: "17", to: "crm" },
        { system: "crm", id: "c-99", to: "crm" },
      ],
      [],
    );
    expect(ids).toEqual(["c-1", "00017", "B-5", undefined, undefined, undefined]);
  });

  it("follows a customer that was joined into another", async () => {
    await crm.apply(item("shop", { id: "S" }));
    const own = await ask([{ system: "shop", id: "S", to: "crm" }], []);
    await crm.apply(item("shop", { id: "S", links: [{ system: "erp", id: "00017" }] }));
    const old = own.ids[0] ?? "";
    const { ids } = await ask([{ system: "crm", id: old, to: "crm" }], []);
    expect([old, ids]).toEqual(["c-4", ["c-1"]]);
  });

  it("gives the golden record as it is published, with what all systems say", async () => {
    const { customers } = await ask(
      [],
      [
        { system: "billing", id: "B-5" },
        { system: "crm", id: "c-1" },
        { system: "erp", id: "none" },
      ],
    );
    const golden = {
      id: "c-1",
      externalIds: [
        { system: "erp", id: "00017" },
        { system: "billing", id: "B-5" },
      ],
      name: { full: "Ann Lee" },
      status: "active",
      language: "en",
    };
    expect(customers).toEqual([golden, golden, undefined]);
  });

  it("knows a customer that is gone by its id, and says so", async () => {
    const { ids, customers } = await ask(
      [{ system: "erp", id: "00018", to: "erp" }],
      [{ system: "erp", id: "00018" }],
    );
    expect(ids).toEqual([undefined]);
    expect(customers).toMatchObject([{ externalIds: [{ system: "erp", id: "00018" }], deleted: true }]);
  });

  it("does not read into memory what is too large", async () => {
    await crm.apply(item("erp", { id: "00017", notes: "x".repeat(70_000) }));
    expect((await ask([], [{ system: "erp", id: "00017" }])).customers).toEqual(["large"]);
  });
});
