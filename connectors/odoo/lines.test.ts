import { HubError, type Json, type Outgoing, type Sink } from "tieline/connector";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FakeOdoo, fakeOdoo } from "../../test/fakes/odoo.ts";
import { type OdooShop, odooShop } from "../../test/fakes/odoo-shop.ts";
import odoo from "./index.ts";
import type { UpsertOptions } from "./settings.ts";

const ORDER: UpsertOptions = {
  model: "sale.order",
  fields: ["partner_id/.id", "partner_id/id", "partner_id/ref", "client_order_ref"],
  lines: {
    field: "order_line",
    fields: [
      ...["product_id/id", "product_id/default_code", "product_id/barcode"],
      ...["product_uom_qty", "price_unit", "discount", "tax_id/id"],
    ],
  },
};

let shop: OdooShop;
let fake: FakeOdoo;
let sink: Sink;
let widget: number;
let gadget: number;
beforeEach(async () => {
  shop = odooShop();
  fake = await fakeOdoo((call) => shop.answer(call));
  sink = open(ORDER);
  shop.add("res.partner", { name: "Ada", ref: "A-1" }, "tieline.c-1");
  widget = shop.add("product.product", { default_code: "W-1", barcode: "4006381333931" }, "stock.widget");
  gadget = shop.add("product.product", { default_code: "G-1" });
});
afterEach(() => fake.close());

function open(order: UpsertOptions): Sink {
  const settings = { url: fake.url, database: "shop", user: "hub", password: "secret", upsert: { order } };
  const opened = odoo.open(settings, { system: "odoo", now: () => 0 }).sinks["order"];
  if (opened === undefined) throw new Error("no sink");
  return opened;
}

async function send(body: Json): Promise<string> {
  const delivery: Outgoing = { id: "m-1.odoo", sequence: 1, key: "K", body, attempt: 1 };
  try {
    return (await sink.send(delivery, AbortSignal.timeout(10_000))).answer;
  } catch (error) {
    if (error instanceof HubError) return `${error.code} ${error.place?.field ?? ""}`.trim();
    throw error;
  }
}

const order = (lines: Json, id = "o-1"): Json => ({ id, "partner_id/id": "c-1", order_line: lines });
const line = (id: string, code: string, quantity: string, more: object = {}): Json => ({
  ...{ id, "product_id/default_code": code, product_uom_qty: quantity, price_unit: "12.34" },
  ...more,
});
const orders = () => [...shop.tables["sale.order"].values()];
const linesIn = (n = 0) =>
  shop.linesOf(Number(orders()[n]?.["id"])).map((one) => [one["product_id"], one["product_uom_qty"]]);
const writes = () => fake.ledger.filter(({ method }) => ["load", "write", "create"].includes(method)).length;

describe("an order with lines", () => {
  it("is made in one call, each line of the product that it names, at the price it says", async () => {
    expect(await send(order([line("1", "W-1", "3"), line("2", "G-1", "0.5", { price_unit: "99.90" })]))).toBe(
      "written",
    );
    expect(writes()).toBe(1);
    expect(linesIn()).toEqual([
      [widget, 3],
      [gadget, 0.5],
    ]);
    expect(shop.linesOf(Number(orders()[0]?.["id"])).map((one) => one["price_unit"])).toEqual([12.34, 99.9]);
  });

  it("is left to Odoo where it says nothing: price, discount and taxes", async () => {
    await send(order([{ id: "1", "product_id/default_code": "W-1", product_uom_qty: "3" }]));
    expect(shop.linesOf(Number(orders()[0]?.["id"]))).toMatchObject([
      { price_unit: 9.99, discount: 0, tax_id: [] },
    ]);
  });

  it("bears the taxes that it is given", async () => {
    const tax = shop.add("account.tax", { name: "19 %" }, "account.vat19");
    await send(order([line("1", "W-1", "3", { "tax_id/id": "account.vat19" })]));
    expect(shop.linesOf(Number(orders()[0]?.["id"]))).toMatchObject([{ tax_id: [tax] }]);
    expect(await send(order([line("1", "W-1", "3", { "tax_id/id": "account.vat19" })]))).toBe("unchanged");
  });

  it.each([
    ["its external id", { "product_id/id": "stock.widget" }],
    ["its number", { "product_id/default_code": "W-1" }],
    ["its barcode", { "product_id/barcode": "4006381333931" }],
    [
      "the first of them that is known",
      { "product_id/id": "stock.none", "product_id/barcode": "4006381333931" },
    ],
  ])("finds a product by %s", async (_, named) => {
    expect(await send(order([{ id: "1", product_uom_qty: "1", ...named }]))).toBe("written");
    expect(linesIn()).toEqual([[widget, 1]]);
  });

  it("sent again changes nothing, in whatever state it is", async () => {
    const body = order([line("1", "W-1", "3"), line("2", "G-1", "1.50")]);
    await send(body);
    for (const state of ["draft", "sale", "done"]) {
      Object.assign(orders()[0] ?? {}, { state });
      expect(await send(body)).toBe("unchanged");
    }
    expect(writes()).toBe(1);
  });

  it("is changed where it is told again: a line more, one less, another quantity", async () => {
    await send(order([line("1", "W-1", "3"), line("2", "G-1", "1")]));
    expect(await send(order([line("1", "W-1", "4"), line("3", "W-1", "7")]))).toBe("written");
    expect(linesIn()).toEqual([
      [widget, 4],
      [widget, 7],
    ]);
  });

  it("gives a line another product as another line", async () => {
    await send(order([line("1", "W-1", "3")]));
    await send(order([line("1", "G-1", "3")]));
    expect(linesIn()).toEqual([[gadget, 3]]);
  });

  it("loses no line that a person added", async () => {
    await send(order([line("1", "W-1", "3")]));
    const id = Number(orders()[0]?.["id"]);
    shop.add("sale.order.line", { order_id: id, product_id: gadget, product_uom_qty: 9 });
    await send(order([]));
    expect(linesIn()).toEqual([[gadget, 9]]);
    expect(await send({ id: "o-1", client_order_ref: "B-77" })).toBe("written");
    expect(linesIn()).toEqual([[gadget, 9]]);
  });

  it("keeps a line that is gone when it is confirmed, with quantity 0, once", async () => {
    await send(order([line("1", "W-1", "3"), line("2", "G-1", "1")]));
    Object.assign(orders()[0] ?? {}, { state: "sale" });
    expect(await send(order([line("1", "W-1", "3")]))).toBe("written");
    expect(linesIn()).toEqual([
      [widget, 3],
      [gadget, 0],
    ]);
    const before = writes();
    expect(await send(order([line("1", "W-1", "3")]))).toBe("unchanged");
    expect(await send(order([]))).toBe("written");
    expect(writes()).toBe(before + 1);
    expect(linesIn()).toEqual([
      [widget, 0],
      [gadget, 0],
    ]);
  });

  it("of a number of Odoo's own is changed there", async () => {
    const id = shop.add("sale.order", { state: "draft" });
    shop.add("sale.order.line", { order_id: id, product_id: gadget, product_uom_qty: 9 });
    const body = { ".id": id, order_line: [line("1", "W-1", "3")] };
    expect(await send(body)).toBe("written");
    expect(await send(body)).toBe("unchanged");
    expect(linesIn()).toEqual([
      [gadget, 9],
      [widget, 3],
    ]);
    expect(await send({ ...body, ".id": 9_999 })).toBe("TL_TARGET_REFUSED");
  });
});

describe("what is wrong with an order", () => {
  it("waits for a product or a customer that Odoo does not have yet, and says which line", async () => {
    const body = order([line("1", "W-1", "3"), line("2", "N-1", "1")]);
    expect(await send(body)).toBe("TL_REFERENCE_MISSING /order_line/1/product_id");
    expect(await send({ id: "o-2", "partner_id/ref": "A-2" })).toBe("TL_REFERENCE_MISSING partner_id/ref");
    expect(writes()).toBe(0);
    shop.add("product.product", { default_code: "N-1" });
    expect(await send(body)).toBe("written");
  });

  it.each<[string, Json, string]>([
    ["no number", [line("1", "W-1", "three")], "TL_TARGET_REFUSED /order_line/0/product_uom_qty"],
    ["a list", [line("1", "W-1", "1", { price_unit: [] })], "TL_TARGET_REFUSED /order_line/0/price_unit"],
    [
      "a list of products",
      [{ id: "1", "product_id/barcode": ["4006381333931"], product_uom_qty: "1" }],
      "TL_TARGET_REFUSED /order_line/0/product_id",
    ],
    ["a field of no column", [line("1", "W-1", "1", { name: "x" })], "TL_TARGET_REFUSED /order_line/0/name"],
    ["no id", [{ "product_id/default_code": "W-1" }], "TL_TARGET_REFUSED /order_line/0/id"],
    ["an id twice", [line("1", "W-1", "1"), line("1", "G-1", "1")], "TL_TARGET_REFUSED /order_line/1/id"],
    ["no object", ["W-1"], "TL_TARGET_REFUSED /order_line/0"],
    ["no list", "W-1", "TL_TARGET_REFUSED order_line"],
    [
      "less than the other lines",
      [line("1", "W-1", "1"), { id: "2", "product_id/default_code": "G-1", product_uom_qty: "1" }],
      "TL_TARGET_REFUSED /order_line/1/price_unit",
    ],
  ])("is told with the place of the line: %s", async (_, lines, told) => {
    expect(await send(order(lines))).toBe(told);
    expect(writes()).toBe(0);
  });

  it("is told where several products have the number", async () => {
    shop.add("product.product", { default_code: "W-1" });
    expect(await send(order([line("1", "W-1", "1")]))).toBe("TL_TARGET_REFUSED /order_line/0/product_id");
  });

  it("keeps no other order back, whether the hub finds it or Odoo", async () => {
    const bodies = Array.from({ length: 20 }, (_, n) => {
      const more = n === 7 ? { discount: "101" } : { discount: "5" };
      return order([line("1", n === 13 ? "N-1" : "W-1", "1", more)], `o-${n}`);
    });
    const ends = await Promise.all(bodies.map(send));
    expect(ends.map((end, n) => [n, end] as const).filter(([, end]) => end !== "written")).toEqual([
      [7, "TL_TARGET_REFUSED"],
      [13, "TL_REFERENCE_MISSING /order_line/0/product_id"],
    ]);
    expect(orders()).toHaveLength(18);
  });

  it("stops the route when it is a matter of the settings", async () => {
    const lines = { field: "order_line", fields: ["product_id/shoe_size", "product_uom_qty"] };
    sink = open({ ...ORDER, lines });
    expect(await send(order([]))).toBe("TL_TARGET_ACCESS shoe_size");
    expect(() => open({ ...ORDER, lines: { ...lines, fields: ["product_id/id"] } })).toThrow(
      "`lines.fields` of sale.order does not name product_uom_qty",
    );
  });
});
