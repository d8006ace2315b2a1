import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CrmItem, CrmResult, CustomerChange } from "../../src/crm/apply.ts";
import { historyOf } from "../../src/crm/view.ts";
import { unassignedPage } from "../../src/crm/view-unassigned.ts";
import type { JsonObject } from "../../src/message/json.ts";
import { item, openRepository, type Repository } from "./repository.ts";

const IBAN = "DE02120300000000202051";
const PAYER = { payer: { system: "bank", id: IBAN } };
const INVOICE = { invoice: { system: "billing", id: "R-1" } };

let crm: Repository;
beforeEach(() => {
  crm = openRepository();
});
afterEach(() => crm.close());

const payment = (id: string, names: JsonObject, more: Partial<CrmItem> = {}): CrmItem =>
  item(
    "bank",
    { id, bookedOn: "2026-11-26", amount: "119.00", currency: "EUR", status: "booked", ...names },
    { entity: "payment", ...more },
  );
const customer = (id: string, ...ibans: string[]): CrmItem =>
  item("erp", { id, name: { full: id }, links: ibans.map((iban) => ({ system: "bank", id: iban })) });
const invoice = (of: string): CrmItem =>
  item("billing", { id: "R-1", customer: { system: "erp", id: of }, total: "119.00" }, { entity: "invoice" });
const alsoOf = (result: CrmResult | undefined): readonly CustomerChange[] =>
  result !== undefined && "outcome" in result && result.outcome === "applied" ? (result.also ?? []) : [];
const nobodys = async (): Promise<readonly string[]> =>
  (await unassignedPage(crm.reads, "payment", null, 50)).entries.map(({ id }) => id);
const paymentsOf = async (id: string): Promise<readonly string[]> =>
  (await historyOf(crm.reads, id, null, 50))?.entries
    .filter(({ entity, possible }) => entity === "payment" && !possible)
    .map((entry) => entry.id) ?? [];

describe("a payment", () => {
  it("belongs to the customer of its invoice, whoever the payer is", async () => {
    await crm.apply(customer("A"), customer("B", IBAN), invoice("A"));
    const [result] = await crm.apply(payment("P1", { ...INVOICE, ...PAYER }));
    expect(result).toMatchObject({
      ...{ outcome: "applied", customer: 1 },
      change: { topic: "payment.changed", customer: 1, content: { id: "P1", customerId: "c-1" } },
    });
    expect(await paymentsOf("c-1")).toEqual(["P1"]);
  });

  it("belongs to the customer who has the payer as cross-reference, or as an id of its own", async () => {
    await crm.apply(customer("A"), customer("B", IBAN), item("bank", { id: "DE99", name: { full: "C" } }));
    await crm.apply(payment("P1", PAYER), payment("P2", { payer: { system: "bank", id: "DE99" } }));
    expect([await paymentsOf("c-2"), await paymentsOf("c-3")]).toEqual([["P1"], ["P2"]]);
    expect(await nobodys()).toEqual([]);
  });

  it("belongs to nobody where nothing it names is known, or several customers claim the payer", async () => {
    await crm.apply(customer("A", IBAN), customer("B", IBAN));
    const results = await crm.apply(payment("P1", PAYER), payment("P2", INVOICE), payment("P3", {}));
    expect(results).toMatchObject([{ customer: null }, { customer: null }, { customer: null }]);
    expect([...(await nobodys())].sort()).toEqual(["P1", "P2", "P3"]);
  });

  it("told again, by the next statement or pending first, is one and the same", async () => {
    await crm.apply(customer("A", IBAN));
    await crm.apply(payment("P1", { ...PAYER, status: "pending" }));
    expect(await crm.apply(payment("P1", PAYER))).toMatchObject([{ outcome: "applied", customer: 1 }]);
    expect(await crm.apply(payment("P1", PAYER))).toMatchObject([{ outcome: "unchanged", customer: 1 }]);
    expect(await paymentsOf("c-1")).toEqual(["P1"]);
  });
});

describe("a payment that belongs to nobody", () => {
  it("is given to the customer of its invoice when that comes, which is told", async () => {
    await crm.apply(customer("A"), payment("P1", { ...INVOICE, ...PAYER }), payment("P2", PAYER));
    const [result] = await crm.apply(invoice("A"));
    expect(alsoOf(result)).toMatchObject([
      {
        topic: "payment.changed",
        customer: 1,
        fields: ["customer"],
        content: { id: "P1", customerId: "c-1" },
      },
    ]);
    expect([await paymentsOf("c-1"), await nobodys()]).toEqual([["P1"], ["P2"]]);
    expect(alsoOf((await crm.apply(invoice("A")))[0])).toEqual([]);
  });

  it("is given to a customer who comes with the payer as cross-reference, or gets it later", async () => {
    await crm.apply(payment("P1", PAYER), payment("P2", { payer: { system: "bank", id: "DE99" } }));
    expect(alsoOf((await crm.apply(customer("A", IBAN)))[0])).toMatchObject([{ content: { id: "P1" } }]);
    expect(alsoOf((await crm.apply(customer("A", IBAN, "DE99")))[0])).toMatchObject([
      { content: { id: "P2" } },
    ]);
    expect([...(await paymentsOf("c-1"))].sort()).toEqual(["P1", "P2"]);
  });

  it("is given away also within one batch, whatever came first", async () => {
    const all = [payment("P1", INVOICE), customer("A"), invoice("A"), payment("P2", INVOICE)];
    await crm.apply(...all);
    expect([...(await paymentsOf("c-1"))].sort()).toEqual(["P1", "P2"]);
  });

  it("stays nobody's when a second customer claims its payer too", async () => {
    await crm.apply(customer("A", IBAN), customer("B", IBAN), payment("P1", PAYER));
    expect(alsoOf((await crm.apply(customer("C", IBAN)))[0])).toEqual([]);
    expect(await nobodys()).toEqual(["P1"]);
  });

  it("is listed among others of its kind, page by page", async () => {
    for (let n = 0; n < 7; n += 1) {
      await crm.apply(
        payment(`P${n}`, {}),
        item("pbx", { id: `C${n}`, kind: "call" }, { entity: "interaction" }),
      );
    }
    const seen: string[] = [];
    for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
      const page = await unassignedPage(crm.reads, "payment", cursor, 3);
      seen.push(...page.entries.map(({ id }) => id));
      cursor = page.cursor;
    }
    expect(seen).toEqual(["P6", "P5", "P4", "P3", "P2", "P1", "P0"]);
  });
});

it("a payment follows the record of its customer when a cross-reference joins and parts customers", async () => {
  await crm.apply(customer("A"), item("shop", { id: "S", name: { full: "S" } }));
  await crm.apply(
    item("billing", { id: "R-1", customer: { system: "shop", id: "S" } }, { entity: "invoice" }),
    payment("P1", INVOICE),
  );
  expect(await paymentsOf("c-2")).toEqual(["P1"]);
  await crm.apply(item("shop", { id: "S", links: [{ system: "erp", id: "A" }] }));
  expect(await paymentsOf("c-1")).toEqual(["P1"]);
  await crm.apply(item("shop", { id: "S", links: null }));
  expect(await paymentsOf("c-2")).toEqual(["P1"]);
});
