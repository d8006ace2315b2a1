import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CustomerChange } from "../../src/crm/apply.ts";
import { byEmail, byExternalId, byPhone, customerById, historyOf } from "../../src/crm/view.ts";
import { item, openRepository, type Repository } from "./repository.ts";

let crm: Repository;
beforeEach(() => {
  crm = openRepository();
});
afterEach(() => crm.close());

function changeOf(result: unknown): CustomerChange {
  return (result as { change: CustomerChange }).change;
}

describe("a customer record", () => {
  it("becomes a customer, and says so with its golden record", async () => {
    const [result] = await crm.apply(
      item("erp", { id: "4711", name: { full: "Anna Meier" }, status: "active" }),
    );
    expect(result).toMatchObject({ outcome: "applied", customer: 1 });
    const change = changeOf(result);
    expect(change).toMatchObject({ topic: "customer.changed", customer: 1, cause: "erp" });
    expect(change.fields).toEqual(["name.full", "status"]);
    expect(change.content).toEqual({
      id: "c-1",
      externalIds: [{ system: "erp", id: "4711" }],
      name: { full: "Anna Meier" },
      status: "active",
      changed: ["name.full", "status"],
    });
  });

  it("leaves what is missing and clears what is null", async () => {
    await crm.apply(item("erp", { id: "1", status: "active", taxId: "DE1", attributes: { a: 1, b: 2 } }));
    const [result] = await crm.apply(item("erp", { id: "1", taxId: null, attributes: { a: null, c: true } }));
    expect(changeOf(result).fields).toEqual(["attributes.c", "taxId", "attributes.a"]);
    const view = await customerById(crm.reads, "c-1");
    expect(view?.values).toEqual({ status: "active", attributes: { b: 2, c: true } });
  });

  it("that was applied last is unchanged by its hash, and by its values", async () => {
    const hash = "AQID";
    await crm.apply(item("erp", { id: "1", status: "active" }, { hash }));
    const again = await crm.apply(item("erp", { id: "1", status: "blocked" }, { hash: "AQID" }));
    expect(again).toEqual([{ outcome: "unchanged", customer: 1 }]);
    const equal = await crm.apply(item("erp", { id: "1", status: "active" }, { hash: "CQ==" }));
    expect(equal).toEqual([{ outcome: "unchanged", customer: 1 }]);
    const seen = await crm.apply(item("erp", { id: "1", status: "gone" }, { hash: "CQ==" }));
    expect(seen).toEqual([{ outcome: "unchanged", customer: 1 }]);
  });

  it("with an older version is stale, unless that is wanted", async () => {
    await crm.apply(item("erp", { id: "1", status: "active" }, { version: 10 }));
    const old = item("erp", { id: "1", status: "blocked" }, { version: "9" });
    expect(await crm.apply(old)).toEqual([{ outcome: "stale", customer: 1 }]);
    expect(await crm.apply({ ...old, allowStale: true })).toMatchObject([{ outcome: "applied" }]);
    const between = item("erp", { id: "1", status: "prospect" }, { version: "9.5" });
    expect(await crm.apply(between)).toMatchObject([{ outcome: "stale" }]);
    const same = item("erp", { id: "1", status: "inactive" }, { version: 10 });
    expect(await crm.apply(same)).toMatchObject([{ outcome: "applied" }]);
  });

  it("sees the effect of earlier items of its batch", async () => {
    const results = await crm.apply(
      item("erp", { id: "1", status: "active" }),
      item("erp", { id: "1", status: "active" }),
      item("erp", { id: "1", language: "de" }),
    );
    expect(results.map((result) => "outcome" in result && result.outcome)).toEqual([
      "applied",
      "unchanged",
      "applied",
    ]);
    expect(changeOf(results[2]).fields).toEqual(["language"]);
    expect(changeOf(results[0]).content).not.toHaveProperty("language");
  });

  it("that is deleted stays as a tombstone and counts no more", async () => {
    await crm.apply(item("erp", { id: "1", phones: [{ number: "+49 30 1234567" }] }, { version: 1 }));
    const [gone] = await crm.apply(item("erp", { op: "delete", id: "1" }, { version: 2 }));
    expect(changeOf(gone).content).toEqual({
      id: "c-1",
      externalIds: [{ system: "erp", id: "1" }],
      changed: ["phones"],
      deleted: true,
    });
    expect(await byPhone(crm.reads, "+49301234567")).toEqual([]);
    expect(await crm.apply(item("erp", { op: "delete", id: "1" }, { version: 3 }))).toMatchObject([
      { outcome: "unchanged" },
    ]);
    expect(await crm.apply(item("erp", { id: "1", status: "active" }, { version: 2 }))).toMatchObject([
      { outcome: "stale" },
    ]);
    const [back] = await crm.apply(item("erp", { id: "1", status: "active" }, { version: 4 }));
    expect(changeOf(back).content).toMatchObject({ id: "c-1", status: "active", changed: ["status"] });
    expect((await customerById(crm.reads, "c-1"))?.values).toEqual({ status: "active" });
  });

  it("deleted before it came is remembered, so that an older one does not bring it back", async () => {
    expect(await crm.apply(item("erp", { op: "delete", id: "1" }, { version: 2 }))).toEqual([
      { outcome: "applied", customer: null, change: null },
    ]);
    expect(await crm.apply(item("erp", { id: "1" }, { version: 1 }))).toEqual([
      { outcome: "stale", customer: null },
    ]);
    expect(await crm.apply(item("erp", { id: "1" }, { version: 3 }))).toMatchObject([{ outcome: "applied" }]);
    expect((await byExternalId(crm.reads, "erp", "1"))?.alive).toBe(true);
  });
});

describe("provenance", () => {
  it("an edit of one field leaves the provenance of the others", async () => {
    const first = item("erp", { id: "1", status: "active", taxId: "DE1", emails: [{ address: "a@x.de" }] });
    const second = item("erp", {
      id: "1",
      status: "blocked",
      emails: [{ address: "a@x.de" }, { address: "b@x.de" }],
    });
    await crm.apply(first);
    await crm.apply(second);
    const view = await customerById(crm.reads, "c-1");
    expect(view?.provenance["taxId"]).toMatchObject({ system: "erp", externalId: "1", ...first.origin });
    expect(view?.provenance["status"]).toMatchObject(second.origin);
    expect(view?.values["emails"]).toEqual([{ address: "b@x.de" }, { address: "a@x.de" }]);
    expect(view?.provenance["emails"]).toMatchObject([second.origin, first.origin]);
  });

  it("costs no column in a first load", async () => {
    await crm.apply(item("erp", { id: "1", status: "active", taxId: "DE1" }));
    expect(crm.sql.all("SELECT changed FROM source_record")).toEqual([{ changed: null }]);
  });
});

describe("a declared cross-reference", () => {
  const link = (system: string, id: string) => ({ links: [{ system, id }] });

  it("joins a record to the customer it names, at once or when that arrives", async () => {
    await crm.apply(item("erp", { id: "1", status: "active" }));
    await crm.apply(item("billing", { id: "B1", taxId: "DE1", ...link("erp", "1") }));
    await crm.apply(
      item("shop", { id: "S1", ...link("erp", "2") }),
      item("erp", { id: "2", language: "de" }),
    );
    const view = await byExternalId(crm.reads, "billing", "B1");
    expect(view).toMatchObject({ id: "c-1", values: { status: "active", taxId: "DE1" } });
    expect((await byExternalId(crm.reads, "erp", "2"))?.id).toBe(
      (await byExternalId(crm.reads, "shop", "S1"))?.id,
    );
  });

  it("between two customers moves the higher one into the lower, with its history", async () => {
    await crm.apply(
      item("erp", { id: "1", status: "active", emails: [{ address: "a@x.de" }] }),
      item("billing", { id: "B1", taxId: "DE1", emails: [{ address: "b@x.de" }] }),
      item(
        "billing",
        { id: "I1", customer: { system: "billing", id: "B1" }, total: "1.00" },
        { entity: "invoice" },
      ),
    );
    const [result] = await crm.apply(item("billing", { id: "B1", ...link("erp", "1") }));
    expect(result).toMatchObject({ outcome: "applied", customer: 1 });
    expect(changeOf(result).fields).toEqual(["taxId", "emails", "externalIds"]);
    expect(
      (result as unknown as { also: CustomerChange[] }).also.map(({ content }) => content),
    ).toMatchObject([{ id: "c-2", externalIds: [], mergedInto: "c-1" }]);
    expect((await customerById(crm.reads, "c-2"))?.id).toBe("c-1");
    expect((await historyOf(crm.reads, "c-1", null, 9))?.entries).toMatchObject([
      { entity: "invoice", id: "I1" },
    ]);
    expect((await byEmail(crm.reads, "B@x.de")).map(({ id }) => id)).toEqual(["c-1"]);
  });

  it("taken away parts them again, each with its own id, values and history", async () => {
    await crm.apply(
      item("erp", { id: "1", status: "active" }),
      item("billing", { id: "B1", taxId: "DE1" }),
      item("billing", { id: "I1", customer: { system: "billing", id: "B1" } }, { entity: "invoice" }),
      item("billing", { id: "B1", ...link("erp", "1") }),
    );
    const [result] = await crm.apply(item("billing", { id: "B1", links: null }));
    expect(result).toMatchObject({ customer: 2 });
    expect((await customerById(crm.reads, "c-1"))?.values).toEqual({ status: "active" });
    expect((await customerById(crm.reads, "c-2"))?.values).toEqual({ taxId: "DE1" });
    expect((await historyOf(crm.reads, "c-1", null, 9))?.entries).toEqual([]);
    expect((await historyOf(crm.reads, "c-2", null, 9))?.entries).toHaveLength(1);
  });

  it("that joined a record from the start gives it a new customer when it goes away", async () => {
    await crm.apply(
      item("erp", { id: "1" }),
      item("billing", { id: "B1", taxId: "DE1", ...link("erp", "1") }),
    );
    await crm.apply(item("billing", { id: "B1", links: [] }));
    const parted = await byExternalId(crm.reads, "billing", "B1");
    expect(parted?.id).not.toBe("c-1");
    expect(parted?.values).toEqual({ taxId: "DE1" });
  });

  it("is the only thing that joins: an equal number is a possible match", async () => {
    await crm.apply(
      item("erp", {
        id: "1",
        name: { full: "Anna" },
        phones: [{ number: "030 1234567" }],
        addresses: [{ country: "DE" }],
      }),
      item("billing", { id: "B1", name: { full: "A. M." }, phones: [{ number: "+49 30 1234567" }] }),
    );
    const [anna] = await byPhone(crm.reads, "+49301234567");
    expect(anna?.possibleMatches).toEqual([
      { id: "c-2", name: "A. M.", by: [{ kind: "phone", value: "+49301234567" }] },
    ]);
    expect((await byPhone(crm.reads, "030/1234567", "DE")).map(({ id }) => id)).toEqual(["c-1", "c-2"]);
  });
});

describe("interactions, invoices and orders", () => {
  it("wait for a customer that is not there, or make a stub of it", async () => {
    const order = item("shop", { id: "O1", customer: { system: "erp", id: "1" } }, { entity: "order" });
    expect(await crm.apply(order)).toMatchObject([{ failure: { code: "TL_REFERENCE_MISSING" } }]);
    expect(crm.sql.all("SELECT * FROM source_record")).toEqual([]);
    const [stubbed] = await crm.apply({ ...order, missingReference: "stub" });
    const customer = (stubbed as { customer: number }).customer;
    expect(changeOf(stubbed)).toMatchObject({ topic: "order.changed", customer });
    const [real] = await crm.apply(item("erp", { id: "1", status: "active" }));
    expect(real).toMatchObject({ outcome: "applied", customer });
    expect(changeOf(real).fields).toEqual(["status"]);
  });

  it("find a customer earlier in their batch", async () => {
    const results = await crm.apply(
      item("erp", { id: "1", phones: [{ number: "+49301234567" }] }),
      item("erp", { id: "O1", customer: { system: "erp", id: "1" } }, { entity: "order" }),
      item(
        "pbx",
        { id: "C1", at: "2024-01-01T00:00:00Z", contact: { phone: "+49 30 1234567" } },
        { entity: "interaction" },
      ),
    );
    expect(results).toMatchObject([{ customer: 1 }, { customer: 1 }, { customer: 1 }]);
  });

  it("by contact belong to the one customer who has it, else to nobody but are shown as possible", async () => {
    const call = (id: string) =>
      item(
        "pbx",
        { id, at: `2024-01-0${id}T00:00:00Z`, contact: { phone: "+49301234567" } },
        { entity: "interaction" },
      );
    expect(await crm.apply(call("1"))).toMatchObject([{ customer: null }]);
    await crm.apply(item("erp", { id: "1", phones: [{ number: "+49301234567" }] }));
    expect(await crm.apply(call("2"))).toMatchObject([{ customer: 1 }]);
    await crm.apply(item("erp", { id: "2", phones: [{ number: "+49301234567" }] }));
    expect(await crm.apply(call("3"))).toMatchObject([{ customer: null }]);
    const page = await historyOf(crm.reads, "c-1", null, 2);
    expect(page?.entries).toMatchObject([
      { id: "3", possible: true },
      { id: "2", possible: false },
    ]);
    const next = await historyOf(crm.reads, "c-1", page?.cursor ?? "", 2);
    expect(next).toMatchObject({ entries: [{ id: "1", possible: true }], cursor: null });
  });

  it("change only what a later record says, and vanish when deleted", async () => {
    await crm.apply(item("erp", { id: "1" }));
    const invoice = (record: object) => item("billing", { id: "I1", ...record }, { entity: "invoice" });
    await crm.apply(
      invoice({
        customer: { system: "erp", id: "1" },
        total: "10.00",
        status: "open",
        issuedOn: "2024-01-01",
      }),
    );
    const [paid] = await crm.apply(invoice({ status: "paid" }));
    expect(paid).toMatchObject({ customer: 1 });
    expect(changeOf(paid)).toMatchObject({ topic: "invoice.changed", fields: ["status"] });
    expect(await crm.apply(invoice({ status: "paid" }))).toMatchObject([
      { outcome: "unchanged", customer: 1 },
    ]);
    const [gone] = await crm.apply(invoice({ op: "delete" }));
    expect(changeOf(gone).content).toMatchObject({ id: "I1", customerId: "c-1", deleted: true });
    expect((await historyOf(crm.reads, "c-1", null, 9))?.entries).toEqual([]);
  });
});
