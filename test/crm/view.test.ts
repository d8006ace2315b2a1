import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { crmTables } from "../../src/backend/sqlite/crm-tables.ts";
import { unlink } from "../../src/crm/unlink.ts";
import { byExternalId, byPhone, customerById, historyOf } from "../../src/crm/view.ts";
import { search } from "../../src/crm/view-search.ts";
import { item, NOW, openRepository, type Repository } from "./repository.ts";

let crm: Repository;
beforeEach(() => {
  crm = openRepository();
});
afterEach(() => crm.close());

async function ids(text: string, limit = 10): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await search(crm.reads, text, limit, cursor);
    expect(page.customers.length).toBeLessThanOrEqual(limit);
    found.push(...page.customers.map(({ id, by }) => `${id} ${by}`));
    cursor = page.cursor;
  } while (cursor !== null);
  return found;
}

describe("search", () => {
  beforeEach(async () => {
    await crm.apply(
      item("erp", { id: "4711", name: { full: "Müller GmbH" }, emails: [{ address: "office@mueller.de" }] }),
      item("erp", { id: "4712", name: { full: "Muller Anna" }, phones: [{ number: "+49 30 1234567" }] }),
      item("billing", { id: "47-B", name: { full: "Zoe" }, emails: [{ address: "zoe@x.de" }] }),
    );
  });

  it("finds by the beginning of a name, whatever its accents and case", async () => {
    expect(await ids("MULLER")).toEqual(["c-2 name", "c-1 name"]);
  });

  it("finds by the beginning of an external id in every system", async () => {
    expect(await ids("47")).toEqual(["c-3 externalId", "c-1 externalId", "c-2 externalId"]);
  });

  it("finds by number, address and the hub's own id", async () => {
    expect(await ids("+49 30 123")).toEqual(["c-2 phone"]);
    expect(await ids("0049 30 123")).toEqual(["c-2 phone"]);
    expect(await ids("Zoe@")).toEqual(["c-3 email"]);
    expect(await ids("c-1")).toEqual(["c-1 id"]);
  });

  it("goes through all pages, and lists a customer found in two ways once on a page", async () => {
    expect(await ids("47", 1)).toEqual(["c-3 externalId", "c-1 externalId", "c-2 externalId"]);
    expect(await ids("z", 1)).toEqual(["c-3 email"]);
  });

  it("finds nothing for nothing, and refuses a cursor it did not give", async () => {
    expect(await ids("")).toEqual([]);
    expect(await ids("%")).toEqual([]);
    await expect(search(crm.reads, "z", 5, "x")).rejects.toMatchObject({ code: "TL_USAGE" });
  });

  it("does not list customers that are gone by name", async () => {
    await crm.apply(item("billing", { op: "delete", id: "47-B" }));
    expect(await ids("zoe")).toEqual([]);
  });
});

describe("the view of a customer", () => {
  it("is not there for an unknown id, and refuses what is none", async () => {
    expect(await customerById(crm.reads, "c-99")).toBeUndefined();
    expect(await byExternalId(crm.reads, "erp", "99")).toBeUndefined();
    expect(await byPhone(crm.reads, "nobody")).toEqual([]);
    await expect(customerById(crm.reads, "99")).rejects.toMatchObject({ code: "TL_USAGE" });
  });

  it("names the source of every value", async () => {
    await crm.apply(
      item("erp", { id: "1", status: "active", name: { family: "Meier" } }),
      item("billing", {
        id: "B",
        taxId: "DE1",
        attributes: { tier: "gold" },
        links: [{ system: "erp", id: "1" }],
      }),
    );
    const view = await customerById(crm.reads, "c-1");
    expect(
      Object.entries(view?.provenance ?? {})
        .map(([field, from]) => [field, (from as { system: string }).system])
        .sort(),
    ).toEqual([
      ["attributes.tier", "billing"],
      ["name.family", "erp"],
      ["status", "erp"],
      ["taxId", "billing"],
    ]);
    expect(view?.externalIds).toMatchObject([
      { system: "erp", id: "1", deleted: false },
      { system: "billing", id: "B" },
    ]);
  });

  it("pages the contact history newest first without gap or repeat, whatever happened at the same time", async () => {
    await crm.apply(item("erp", { id: "1" }));
    const calls = Array.from({ length: 25 }, (_, n) =>
      item(
        "pbx",
        { id: `${n}`, at: `2024-01-01T00:00:0${n % 5}Z`, customer: { system: "erp", id: "1" } },
        { entity: "interaction" },
      ),
    );
    await crm.apply(...calls);
    const seen: { at: number; id: string }[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof historyOf>> = await historyOf(crm.reads, "c-1", cursor, 4);
      seen.push(...(page?.entries ?? []));
      cursor = page?.cursor ?? null;
    } while (cursor !== null);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(25);
    expect(seen.map(({ at }) => at)).toEqual(seen.map(({ at }) => at).sort((a, b) => b - a));
  });
});

describe("unlinking a record", () => {
  it("gives it a customer of its own again, until it is declared anew", async () => {
    const linked = { id: "B", taxId: "DE1", links: [{ system: "erp", id: "1" }] };
    await crm.apply(
      item("erp", { id: "1", status: "active" }),
      item("billing", { id: "B" }),
      item("billing", linked),
    );
    const changes = await unlink(crmTables(crm.sql), "erp", "1", NOW);
    expect(changes.map(({ content }) => content)).toMatchObject([
      { id: "c-1", externalIds: [{ system: "erp", id: "1" }] },
      { id: "c-2", externalIds: [{ system: "billing", id: "B" }], taxId: "DE1" },
    ]);
    expect((await byExternalId(crm.reads, "billing", "B"))?.values).toEqual({ taxId: "DE1" });
    expect(await unlink(crmTables(crm.sql), "erp", "1", NOW)).toEqual([]);
    await crm.apply(item("billing", linked));
    expect((await byExternalId(crm.reads, "billing", "B"))?.id).toBe("c-1");
  });
});
