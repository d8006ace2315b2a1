import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import odoo from "../../connectors/odoo/index.ts";
import type { OdooOptions, ReadOptions } from "../../connectors/odoo/settings.ts";
import type { Outgoing, Pulled, PullSource, Sink, System } from "../../src/connector/contract.ts";
import { HubError } from "../../src/errors.ts";
import type { Json, JsonObject } from "../../src/message/json.ts";
import { type OdooPeople, openOdoo } from "./odoo-rpc.ts";

// An order that is confirmed and dispatched is a dozen calls, each of which may take Odoo a second.
vi.setConfig({ testTimeout: 180_000 });

let people: OdooPeople;
let clock = Date.now();
const opened: System[] = [];

/** Names the records of one case. */
let ref = "";
let cases = 0;

beforeAll(async () => {
  people = await openOdoo();
}, 180_000);
beforeEach(() => {
  clock = Date.now();
  cases += 1;
  ref = `T${cases}`;
});
afterAll(async () => {
  for (const system of opened) await system.close();
});

function open(over: Partial<OdooOptions> = {}): System {
  const system = odoo.open({ ...people.hub, ...over }, { system: "odoo", now: () => clock });
  opened.push(system);
  return system;
}

function pullOf(system: System, name: string): PullSource {
  const source = system.sources[name];
  if (source?.kind !== "pull") throw new Error(`no source ${name}`);
  return source;
}

const pull = (source: PullSource, cursor: Json | null, limit = 500): Promise<Pulled> =>
  source.pull({ cursor, limit, signal: new AbortController().signal });

const recordsOf = ({ items }: Pulled): readonly JsonObject[] =>
  items.map(({ body }) => JSON.parse(Buffer.from(body).toString()) as JsonObject);

/** All that is there, page by page, each settled. */
async function readAll(source: PullSource, from: Json | null, limit = 500) {
  const records: JsonObject[] = [];
  const events: string[] = [];
  let cursor = from;
  for (let more = true; more; ) {
    const pulled = await pull(source, cursor, limit);
    records.push(...recordsOf(pulled));
    events.push(...pulled.items.map(({ event }) => event ?? ""));
    await source.settle?.(pulled);
    ({ cursor, more } = pulled);
  }
  return { records, events, cursor };
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "done",
    (error: unknown) => (error instanceof HubError ? error.code : String(error)),
  );

const deliveryOf = (body: Json, id = "m-1.odoo"): Outgoing => ({
  id,
  sequence: 1,
  key: id,
  body,
  attempt: 1,
});
const send = (sink: Sink | undefined, body: Json): Promise<string> =>
  (sink?.send(deliveryOf(body), AbortSignal.timeout(14_000)) ?? Promise.reject(new Error("no sink"))).then(
    ({ answer }) => answer,
    (error: unknown) => (error instanceof HubError ? error.code : String(error)),
  );

const partner = (values: object): Promise<number> =>
  people.call<number>("res.partner", "create", [values as Json]);
/** There is enough of a product. */
async function stock(product: number): Promise<void> {
  const [location = 0] = await people.call<number[]>(
    "stock.location",
    "search",
    [[["usage", "=", "internal"]]],
    { limit: 1 },
  );
  const quant = { product_id: product, location_id: location, inventory_quantity: 100 };
  await people.call("stock.quant", "create", [quant], { context: { inventory_mode: true } });
}
/** What is done with an order and with its dispatch. */
const CALLS = {
  confirm: { model: "sale.order", method: "action_confirm", done: [["state", "in", ["sale", "done"]]] },
  dispatch: {
    model: "stock.picking",
    method: "button_validate",
    done: [["state", "=", "done"]],
    wizards: { "stock.immediate.transfer": "process", "stock.backorder.confirmation": "process" },
  },
  silent: { model: "stock.picking", method: "button_validate", done: [["state", "=", "done"]] },
};
const partners = (): ReadOptions => ({ model: "res.partner", domain: [["ref", "=", ref]] });
const read = () => ({ read: { partners: partners() } });

describe("a model that is read as it changes", () => {
  test("gives its records with what they refer to, null for none, and no float of money", async () => {
    const germany = await people.call<number[]>("res.country", "search", [[["code", "=", "DE"]]]);
    const id = await partner({
      name: "Ada",
      ref,
      zip: "01067",
      country_id: germany[0] ?? 0,
      is_company: false,
    });
    const { records } = await readAll(pullOf(open(read()), "partners"), null);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      id,
      name: "Ada",
      active: true,
      is_company: false,
      email: null,
      zip: "01067",
      country_id: { code: "DE", name: "Germany" },
      write_date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
  });

  test("tells records of one second and one import apart by id, whatever the size of a page", async () => {
    for (const count of [7, 5])
      await people.call("res.partner", "create", [
        Array.from({ length: count }, (_, n) => ({ name: `P${n}`, ref })),
      ]);
    for (const limit of [1, 3, 5, 500]) {
      const { records } = await readAll(pullOf(open(read()), "partners"), null, limit);
      expect(new Set(records.map(({ id }) => id)).size, `pages of ${limit}`).toBe(12);
      expect(records).toHaveLength(12);
    }
  });

  test("finds the record of a transaction that took long, and knows what it gave before", async () => {
    const source = pullOf(open(read()), "partners");
    await partner({ name: "Early", ref });
    const first = await readAll(source, null);
    const late = await partner({ name: "Late", ref });
    await people.sql(`UPDATE res_partner SET write_date = write_date - interval '50 s' WHERE id = ${late}`);
    const again = await readAll(source, first.cursor);
    expect(again.records.map(({ name }) => name)).toEqual(["Late", "Early"]);
    expect(again.events).toContain(first.events[0]);
  });

  test("does not read the overlap again for ever, also where it is longer than a page", async () => {
    const source = pullOf(open(read()), "partners");
    await people.call("res.partner", "create", [
      Array.from({ length: 9 }, (_, n) => ({ name: `P${n}`, ref })),
    ]);
    let { cursor } = await readAll(source, null, 4);
    clock += 121_000;
    const looked = await readAll(source, cursor, 4);
    expect(looked.records).toHaveLength(9);
    ({ cursor } = looked);
    expect((await readAll(source, cursor, 4)).records).toEqual([]);
    await partner({ name: "Next", ref });
    expect((await readAll(source, cursor, 4)).records.map(({ name }) => name)).toEqual(["Next"]);
  });

  test("tells a second change within the same second", async () => {
    const source = pullOf(open(read()), "partners");
    const id = await partner({ name: "One", ref });
    const first = await readAll(source, null);
    await people.call("res.partner", "write", [[id], { name: "Two" }]);
    // As two transactions within one second leave it.
    const [{ write_date: at } = {}] = first.records;
    await people.sql(`UPDATE res_partner SET write_date = '${String(at).slice(0, 19)}' WHERE id = ${id}`);
    const again = await readAll(source, first.cursor);
    expect(again.records.map(({ name }) => name)).toEqual(["Two"]);
    expect(again.events[0]).not.toBe(first.events[0]);
  });

  test("gives archived records too", async () => {
    const id = await partner({ name: "Old", ref });
    await people.call("res.partner", "write", [[id], { active: false }]);
    const { records } = await readAll(pullOf(open(read()), "partners"), null);
    expect(records).toMatchObject([{ id, active: false }]);
  });

  test("that is not there, for its module is not installed, is a matter of the settings", async () => {
    const read = {
      leads: { model: "crm.lead", fields: ["name"] },
      bad: { model: "res.partner", fields: ["shoe_size"] },
    };
    const system = open({ read });
    expect(await codeOf(pull(pullOf(system, "leads"), null))).toBe("TL_SOURCE_REFUSED");
    await expect(pull(pullOf(system, "bad"), null)).rejects.toThrow("res.partner has no field shoe_size");
  });
});

describe("records that were deleted", () => {
  test("are found by comparing all ids, told once, and again if nobody took it", async () => {
    const ids = await people.call<number[]>("res.partner", "create", [
      Array.from({ length: 30 }, (_, n) => ({ name: `P${n}`, ref })),
    ]);
    const source = pullOf(open({ read: { partners: { ...partners(), compare: 60_000 } } }), "partners");
    const { cursor } = await readAll(source, null, 7);
    const gone = ids.slice(3, 6);
    await people.call("res.partner", "unlink", [gone]);
    clock += 61_000;
    const first = await readAll(source, cursor, 2);
    expect(first.records.filter((record) => record["gone"] === true).map(({ id }) => id)).toEqual(gone);
    clock += 61_000;
    const second = await readAll(source, first.cursor, 2);
    expect(second.records.filter((record) => record["gone"] === true)).toEqual([]);
  });

  test("are not believed when too many are gone at once, and a person is told", async () => {
    const ids = await people.call<number[]>("res.partner", "create", [
      Array.from({ length: 30 }, (_, n) => ({ name: `P${n}`, ref })),
    ]);
    const source = pullOf(open({ read: { partners: { ...partners(), compare: 60_000 } } }), "partners");
    const { cursor } = await readAll(source, null);
    // What a right that was taken from the hub's user looks like to it.
    await people.call("res.partner", "write", [ids.slice(0, 25), { ref: "U" }]);
    clock += 61_000;
    const pulled = await pull(source, cursor);
    const wrong = pulled.items.filter((item) => item.wrong !== undefined);
    expect(wrong.map((item) => item.wrong?.code)).toEqual(["TL_SOURCE_REFUSED"]);
    expect(pulled.more).toBe(false);
  });
});

describe("records that are written", () => {
  const fields = [
    "name",
    "email",
    "phone",
    "street",
    "country_id/id",
    "active",
    "vat",
    "ref",
    "parent_id/id",
  ];
  const settings = () => ({ ...read(), upsert: { partner: { model: "res.partner", fields } } });
  const byName = (name: string) =>
    people.call<JsonObject[]>("res.partner", "search_read", [[["name", "=", name]]], {
      fields: ["email", "phone", "active", "country_id"],
      context: { active_test: false },
    });

  test("are made once, then changed; a field that is missing stays, null clears", async () => {
    const sink = open(settings()).sinks["partner"];
    expect(
      await send(sink, {
        id: `${ref}-1`,
        name: `Ada ${ref}`,
        email: "ada@example.com",
        "country_id/id": "base.de",
      }),
    ).toBe("written");
    expect(
      await send(sink, {
        id: `${ref}-1`,
        name: `Ada ${ref}`,
        email: "ada@example.com",
        "country_id/id": "base.de",
      }),
    ).toBe("written");
    expect(await byName(`Ada ${ref}`)).toMatchObject([{ email: "ada@example.com", phone: false }]);
    expect(await send(sink, { id: `${ref}-1`, name: `Ada ${ref}`, email: null, phone: "+49 30 1" })).toBe(
      "written",
    );
    expect(await byName(`Ada ${ref}`)).toMatchObject([
      { email: false, phone: "+49 30 1", country_id: [expect.any(Number), "Germany"] },
    ]);
  });

  test("go together; those that are wrong are refused alone, each with its field", async () => {
    const sink = open(settings()).sinks["partner"];
    const bodies = Array.from({ length: 20 }, (_, n) => ({
      id: `${ref}-${n}`,
      name: n === 7 ? "" : `Name ${n}`,
      "country_id/id": n === 13 ? "base.nowhere" : "base.de",
    }));
    const ends = await Promise.all(bodies.map((body) => send(sink, body)));
    expect(ends.map((end, n) => [n, end] as const).filter(([, end]) => end !== "written")).toEqual([
      [7, "TL_TARGET_REFUSED"],
      [13, "TL_TARGET_REFUSED"],
    ]);
    expect(
      await people.call("ir.model.data", "search_count", [
        [
          ["module", "=", "tieline"],
          ["name", "like", `${ref}-`],
        ],
      ]),
    ).toBe(18);
    const refused = sink?.send(deliveryOf(bodies[13] ?? {}), AbortSignal.timeout(14_000));
    await expect(refused).rejects.toMatchObject({ place: { field: "country_id" } });
    await expect(refused).rejects.not.toThrow("nowhere");
  });

  test("of a customer that Odoo knows by its own number are changed there, archived or not", async () => {
    const id = await partner({ name: `Known ${ref}`, active: false });
    expect(
      await send(open(settings()).sinks["partner"], { ".id": id, name: `Known ${ref}`, active: true }),
    ).toBe("written");
    expect(await byName(`Known ${ref}`)).toMatchObject([{ id, active: true }]);
    expect(await send(open(settings()).sinks["partner"], { ".id": 9_999_999, name: "x" })).toBe(
      "TL_TARGET_REFUSED",
    );
  });

  test("are archived, or deleted where the sink says so, and twice is as good as once", async () => {
    const system = open(settings());
    await send(system.sinks["partner"], { id: `${ref}-1`, name: `Ada ${ref}` });
    expect(await send(system.sinks["partner"], { id: `${ref}-1`, op: "delete" })).toBe("archived");
    expect(await send(system.sinks["partner"], { id: `${ref}-1`, op: "delete" })).toBe("archived");
    expect(await byName(`Ada ${ref}`)).toMatchObject([{ active: false }]);
    expect(await send(system.sinks["partner"], { id: `${ref}-2`, op: "delete" })).toBe("there was none");
    const deleting = open({ upsert: { partner: { model: "res.partner", fields, gone: "delete" as const } } });
    expect(await send(deleting.sinks["partner"], { id: `${ref}-1`, op: "delete" })).toBe("deleted");
    expect(await send(deleting.sinks["partner"], { id: `${ref}-1`, op: "delete" })).toBe("there was none");
  });

  test("come back as the hub's own, until somebody else has changed them", async () => {
    const system = open(settings());
    const source = pullOf(system, "partners");
    const values = { id: `${ref}-1`, name: `Ada ${ref}`, email: "ada@example.com", ref };
    expect(await send(system.sinks["partner"], values)).toBe("written");
    const [record] = (await readAll(source, null)).records;
    expect(record).toMatchObject({
      external_id: `${ref}-1`,
      name: `Ada ${ref}`,
      own: ["email", "name", "ref"],
    });
    await people.call("res.partner", "write", [[record?.["id"] ?? 0], { email: "countess@example.com" }]);
    const [changed] = (await readAll(source, null)).records;
    expect(changed?.["own"]).toEqual(["name", "ref"]);
    await people.call("res.partner", "write", [[record?.["id"] ?? 0], { email: "ada@example.com" }]);
    const [back] = (await readAll(source, null)).records;
    expect(back?.["own"]).toEqual(["name", "ref"]);
  });
});

describe("an order with its lines", () => {
  const lines = [
    ...["product_id/id", "product_id/default_code", "product_id/barcode"],
    ...["product_uom_qty", "price_unit", "discount", "tax_id/id"],
  ];
  const settings = {
    read: { orders: { model: "sale.order" } },
    upsert: {
      partner: { model: "res.partner", fields: ["name", "ref"] },
      order: {
        model: "sale.order",
        fields: ["partner_id/.id", "partner_id/id", "partner_id/ref", "client_order_ref"],
        lines: { field: "order_line", fields: lines },
      },
    },
    call: { confirm: CALLS.confirm, dispatch: CALLS.dispatch },
  };

  async function product(code: string, more: object = {}): Promise<number> {
    const id = await people.call<number>("product.product", "create", [
      { name: code, default_code: `${ref}-${code}`, type: "product", list_price: 12.34, ...more },
    ]);
    await stock(id);
    return id;
  }
  const line = (id: string, code: string, quantity: string, more: object = {}): Json => ({
    ...{ id, "product_id/default_code": `${ref}-${code}`, product_uom_qty: quantity },
    ...more,
  });
  const orderOf = (named: readonly Json[], id = "1"): Json => ({
    ...{
      id: `${ref}-o-${id}`,
      "partner_id/id": `${ref}-c`,
      client_order_ref: `B ${ref}`,
      order_line: [...named],
    },
  });
  const numberOf = async (name: string): Promise<number> => {
    const domain = [
      ["module", "=", "tieline"],
      ["name", "=", name],
    ];
    const found = await people.call<JsonObject[]>("ir.model.data", "search_read", [domain], {
      fields: ["res_id"],
    });
    return Number(found[0]?.["res_id"]);
  };
  const linesIn = async (order: number): Promise<readonly JsonObject[]> => {
    const fields = ["product_id", "product_uom_qty", "price_unit", "discount", "tax_id", "name"];
    const found = await people.call<JsonObject[]>(
      "sale.order.line",
      "search_read",
      [[["order_id", "=", order]]],
      { fields, order: "id" },
    );
    return found.map(
      ({ product_id: of, ...line }) => ({ ...line, product: Array.isArray(of) ? of[0] : of }) as JsonObject,
    );
  };
  const writtenAt = async (order: number) =>
    people.sql(`SELECT max(write_date) FROM (SELECT write_date FROM sale_order WHERE id = ${order}
      UNION ALL SELECT write_date FROM sale_order_line WHERE order_id = ${order}) w`);

  test("is made with them, priced and taxed by Odoo unless it says; sent again it changes nothing", async () => {
    const system = open(settings);
    const { order: sink } = system.sinks;
    const [widget, gadget] = [await product("W", { barcode: `${ref}-ean` }), await product("G")];
    await send(system.sinks["partner"], { id: `${ref}-c`, name: "Buyer" });
    const priced = { price_unit: "9.90", discount: "10" };
    const body = orderOf([
      line("1", "W", "3"),
      { id: "2", "product_id/barcode": `${ref}-ean`, product_uom_qty: "2.5" },
    ]);
    expect(await send(sink, body)).toBe("written");
    const order = await numberOf(`${ref}-o-1`);
    expect(await linesIn(order)).toMatchObject([
      {
        product: widget,
        product_uom_qty: 3,
        price_unit: 12.34,
        discount: 0,
        name: expect.stringContaining("W"),
      },
      { product: widget, product_uom_qty: 2.5, price_unit: 12.34 },
    ]);
    const taxes = await people.call<JsonObject[]>("product.product", "read", [[widget], ["taxes_id"]]);
    expect((await linesIn(order)).map((one) => one["tax_id"])).toEqual([
      taxes[0]?.["taxes_id"],
      taxes[0]?.["taxes_id"],
    ]);
    const before = await writtenAt(order);
    expect(await send(sink, body)).toBe("unchanged");
    expect(await writtenAt(order)).toEqual(before);
    const changed = orderOf([line("1", "W", "4", priced), line("3", "G", "1", priced)]);
    expect(await send(sink, changed)).toBe("written");
    expect(await linesIn(order)).toMatchObject([
      { product: widget, product_uom_qty: 4, price_unit: 9.9, discount: 10 },
      { product: gadget, product_uom_qty: 1, price_unit: 9.9, discount: 10 },
    ]);
    expect(await send(sink, changed)).toBe("unchanged");
  });

  test("waits for a product or customer that is not there, and keeps no other order back", async () => {
    const system = open(settings);
    const { order: sink } = system.sinks;
    await product("W");
    const bodies = Array.from({ length: 6 }, (_, n) =>
      orderOf([line("1", "W", "1"), line("2", n === 3 ? "N" : "W", n === 4 ? "x" : "1")], String(n)),
    );
    expect(await send(sink, bodies[0] ?? {})).toBe("TL_REFERENCE_MISSING");
    await send(system.sinks["partner"], { id: `${ref}-c`, name: "Buyer" });
    expect(await Promise.all(bodies.map((body) => send(sink, body)))).toEqual([
      ...["written", "written", "written", "TL_REFERENCE_MISSING", "TL_TARGET_REFUSED", "written"],
    ]);
    const refused = sink?.send(deliveryOf(bodies[3] ?? {}), AbortSignal.timeout(14_000));
    await expect(refused).rejects.toMatchObject({ place: { field: "/order_line/1/product_id" } });
    await product("N");
    expect(await send(sink, bodies[3] ?? {})).toBe("written");
  });

  test("that is confirmed keeps a line that is gone, with quantity 0; a draft loses it", async () => {
    const system = open(settings);
    const { order: sink, confirm } = system.sinks;
    const [widget, gadget] = [await product("W"), await product("G")];
    await send(system.sinks["partner"], { id: `${ref}-c`, name: "Buyer" });
    const both = orderOf([line("1", "W", "3"), line("2", "G", "1")]);
    const one = orderOf([line("1", "W", "3")]);
    await send(sink, both);
    const order = await numberOf(`${ref}-o-1`);
    expect(await send(sink, one)).toBe("written");
    expect(await linesIn(order)).toHaveLength(1);
    await send(sink, both);
    expect(await send(confirm, { id: `${ref}-o-1` })).toBe("done");
    expect(await send(sink, both)).toBe("unchanged");
    expect(await send(sink, one)).toBe("written");
    expect(await linesIn(order)).toMatchObject([
      { product: widget, product_uom_qty: 3 },
      { product: gadget, product_uom_qty: 0 },
    ]);
    expect(await send(sink, one)).toBe("unchanged");
    await people.call("sale.order", "action_done", [[order]]);
    expect(await send(sink, one)).toBe("unchanged");
    expect(await send(sink, orderOf([line("1", "W", "5")]))).toBe("TL_TARGET_REFUSED");
  });

  test("is confirmed and dispatched: what the hub sent has left the stock", async () => {
    const system = open(settings);
    const { order: sink, confirm, dispatch } = system.sinks;
    const [widget, gadget] = [await product("W"), await product("G")];
    await send(system.sinks["partner"], { id: `${ref}-c`, name: "Buyer" });
    expect(await send(sink, orderOf([line("1", "W", "3"), line("2", "G", "2")]))).toBe("written");
    expect(await send(confirm, { id: `${ref}-o-1` })).toBe("done");
    const order = await numberOf(`${ref}-o-1`);
    const [picking = 0] = await people.call<number[]>("stock.picking", "search", [[["sale_id", "=", order]]]);
    expect(await send(dispatch, { ".id": picking })).toBe("done");
    const moved = await people.call<JsonObject[]>(
      "stock.move",
      "search_read",
      [[["picking_id", "=", picking]]],
      { fields: ["product_id", "quantity_done", "state"], order: "id" },
    );
    expect(
      moved.map(({ product_id: of, quantity_done: done, state }) => [(of as Json[])[0], done, state]),
    ).toEqual([
      [widget, 3, "done"],
      [gadget, 2, "done"],
    ]);
    const orders = (await readAll(pullOf(system, "orders"), null)).records;
    expect(orders.find((one) => one["id"] === order)).toMatchObject({
      external_id: `${ref}-o-1`,
      client_order_ref: `B ${ref}`,
      state: "sale",
      order_line: [{ product_uom_qty: "3.00" }, { product_uom_qty: "2.00" }],
      picking_ids: [{ state: "done", picking_type_code: "outgoing" }],
    });
  });
});

describe("a method that is called", () => {
  const settings = { call: CALLS };

  async function order(): Promise<number> {
    const product = await people.call<number>("product.product", "create", [
      { name: "Widget", type: "product", list_price: 12.34 },
    ]);
    await stock(product);
    const customer = await partner({ name: "Buyer" });
    return people.call<number>("sale.order", "create", [
      { partner_id: customer, order_line: [[0, 0, { product_id: product, product_uom_qty: 3 }]] },
    ]);
  }
  const stateOf = async (model: string, id: number) =>
    (await people.call<JsonObject[]>(model, "read", [[id], ["state"]]))[0]?.["state"];

  test("confirms an order and dispatches its picking, and does nothing the second time", async () => {
    const id = await order();
    const system = open({
      ...settings,
      read: { orders: { model: "sale.order" }, pickings: { model: "stock.picking" } },
    });
    expect(await send(system.sinks["confirm"], { ".id": id })).toBe("done");
    expect(await send(system.sinks["confirm"], { ".id": id })).toBe("was done");
    expect(await stateOf("sale.order", id)).toBe("sale");
    const [picking] = await people.call<number[]>("stock.picking", "search", [[["sale_id", "=", id]]]);
    expect(await send(system.sinks["silent"], { ".id": picking ?? 0 })).toBe("TL_TARGET_ACCESS");
    expect(await send(system.sinks["dispatch"], { ".id": picking ?? 0 })).toBe("done");
    expect(await send(system.sinks["dispatch"], { ".id": picking ?? 0 })).toBe("was done");
    const orders = (await readAll(pullOf(system, "orders"), null)).records;
    expect(orders.find((one) => one["id"] === id)).toMatchObject({
      id,
      state: "sale",
      order_line: [{ product_uom_qty: "3.00", price_unit: "12.34" }],
      picking_ids: [{ state: "done", picking_type_code: "outgoing" }],
      currency_id: { name: expect.stringMatching(/^[A-Z]{3}$/) },
      amount_total: expect.stringMatching(/^\d+\.\d+$/),
    });
    const pickings = (await readAll(pullOf(system, "pickings"), null)).records;
    expect(pickings.find((one) => one["id"] === picking)).toMatchObject({ state: "done", sale_id: { id } });
  });

  test("on a record that is not there is refused, by number at once, by name after its retries", async () => {
    const system = open(settings);
    expect(await send(system.sinks["confirm"], { ".id": 9_999_999 })).toBe("TL_TARGET_REFUSED");
    expect(await send(system.sinks["confirm"], { id: "o-1" })).toBe("TL_REFERENCE_MISSING");
    expect(await send(system.sinks["confirm"], {})).toBe("TL_TARGET_REFUSED");
  });
});

describe("a connection", () => {
  const check = (over: Partial<OdooOptions>): Promise<string> => codeOf(open(over).check());

  test("is tested, and says what is wrong", async () => {
    expect(await check({})).toBe("done");
    expect(await check({ password: "another" })).toBe("TL_SOURCE_ACCESS");
    expect(await check({ user: "nobody" })).toBe("TL_SOURCE_ACCESS");
    expect(await check({ database: "no_such_database" })).toBe("TL_SOURCE_REFUSED");
    expect(await check({ url: "http://127.0.0.1:1" })).toBe("TL_SOURCE_UNAVAILABLE");
    expect(await check({ timeout: 100, url: "http://127.0.0.1:1" })).toBe("TL_SOURCE_UNAVAILABLE");
  });

  test("by a user without the right stops the route", async () => {
    const upsert = { group: { model: "res.groups", fields: ["name"] } };
    expect(await send(open({ upsert }).sinks["group"], { id: "g-1", name: "x" })).toBe("TL_TARGET_ACCESS");
  });
});
