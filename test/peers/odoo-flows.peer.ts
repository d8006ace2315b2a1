import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signStandard } from "../../src/connector/signature.ts";
import type { Json, JsonObject } from "../../src/message/json.ts";
import { type StorePlace, sqliteBackend } from "../faults/backend.ts";
import { booksOf, underWay } from "../faults/books.ts";
import { freePort, type HubProcess, startHubProcess } from "../faults/hub-process.ts";
import { type OdooPeople, openOdoo } from "./odoo-rpc.ts";

const ROOT = new URL("../..", import.meta.url).pathname;
const SECRET = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
const COUNT = 8;
/** Names what this run makes: the database is shared with the other cases. */
const RUN = `r${randomBytes(3).toString("hex")}`;
const BILLED = `Billed ${RUN} `;
const WEBHOOK = { scheme: "standard", secrets: [`\${env:BILLING_SECRET}`] };
/** Orders as a shop tells them, in the hub's own words. */
const SHOP_ORDERS = {
  apiVersion: "tieline/v1",
  source: { system: "billing", read: "orders", format: "json" },
  event: "id",
  key: "data.id",
  carries: "state",
  map: "order.jsonata",
  emits: "schemas/canonical/order.schema.json",
  routes: [{ to: "crm.order" }],
};
const FLOWS = ["odoo-partners", "crm-customers-to-odoo", "odoo-orders", "odoo-pickings", "billing-customers"];

let people: OdooPeople;
let dir: string;
let port: number;
let hub: HubProcess;
let store: StorePlace;

beforeAll(async () => {
  people = await openOdoo();
  dir = mkdtempSync(join(tmpdir(), "tieline-odoo-flows-"));
  port = await freePort();
  mkdirSync(join(dir, "mappings"));
  for (const path of ["schemas/canonical", "schemas/billing", "mappings/billing-customers"])
    cpSync(join(ROOT, path), join(dir, path), { recursive: true });
  cpSync(join(ROOT, "connectors/odoo/example"), dir, { recursive: true });
  mkdirSync(join(dir, "mappings/shop-orders"));
  writeFileSync(join(dir, "mappings/shop-orders/flow.yaml"), JSON.stringify(SHOP_ORDERS));
  writeFileSync(join(dir, "mappings/shop-orders/order.jsonata"), "data");
  const { url, database, user } = people.hub;
  const look = { every: 1_000, compare: 3_000 };
  const settings = {
    apiVersion: "tieline/v1",
    systems: {
      billing: {
        connector: "billing",
        settings: { webhooks: { customers: WEBHOOK, orders: WEBHOOK } },
      },
      odoo: {
        connector: "odoo",
        settings: {
          ...{ url, database, user, password: `\${env:ODOO_API_KEY}` },
          read: {
            partners: { model: "res.partner", ...look },
            orders: { model: "sale.order", ...look },
            invoices: { model: "account.move", ...look },
            pickings: { model: "stock.picking", ...look },
          },
          upsert: {
            partner: {
              model: "res.partner",
              module: RUN,
              fields: [
                ...["name", "is_company", "active", "email", "phone", "mobile", "vat"],
                ...["street", "street2", "zip", "city", "country_id/id"],
              ],
            },
            order: {
              model: "sale.order",
              module: RUN,
              fields: ["partner_id/.id", "partner_id/id", "client_order_ref"],
              lines: {
                field: "order_line",
                fields: ["product_id/default_code", "product_uom_qty", "price_unit"],
              },
            },
          },
          call: {
            confirm: {
              model: "sale.order",
              module: RUN,
              method: "action_confirm",
              done: [["state", "in", ["sale", "done"]]],
            },
          },
        },
      },
    },
  };
  writeFileSync(join(dir, "tieline.yaml"), JSON.stringify(settings));
  store = await sqliteBackend.place(join(dir, "data"));
  await start();
}, 300_000);
afterAll(async () => {
  await hub?.stop();
  rmSync(dir, { recursive: true, force: true });
}, 60_000);

async function start(): Promise<void> {
  hub = await startHubProcess({
    dir,
    port,
    env: { BILLING_SECRET: SECRET, ODOO_API_KEY: people.hub.password },
  });
}

/** What billing says of a customer. */
async function bill(type: string, data: JsonObject): Promise<void> {
  await post("customers", `evt_${String(data["number"])}_${String(data["version"])}`, type, data);
}

/** Sends an event again until the hub has it. */
async function post(webhook: string, id: string, type: string, data: JsonObject): Promise<void> {
  const body = JSON.stringify({ id, type, created: "2026-11-27T10:00:00Z", data });
  for (;;) {
    const at = Math.floor(Date.now() / 1_000);
    const answer = await fetch(`http://127.0.0.1:${port}/in/billing/${webhook}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(at),
        "webhook-signature": signStandard(SECRET, id, at, Buffer.from(body)),
      },
      body,
    }).catch(() => undefined);
    if (answer?.ok === true) return;
    if (answer !== undefined && answer.status < 500)
      throw new Error(`${answer.status}: ${await answer.text()}`);
    await pause(100);
  }
}

async function until(done: () => Promise<boolean>): Promise<void> {
  while (!(await done().catch(() => false))) await pause(200);
}

/** Nothing is under way, and three looks at Odoo have brought nothing that made work. */
async function calm(): Promise<void> {
  const counted = async (): Promise<string> =>
    JSON.stringify([
      await store.all("SELECT count(*) AS n FROM message"),
      await store.all("SELECT count(*) AS n FROM delivery"),
      await underWay(store),
    ]);
  let [same, before] = [0, ""];
  while (same < 15) {
    const now = await counted();
    same = now === before && now.endsWith(",0]") ? same + 1 : 0;
    before = now;
    await pause(400);
  }
}

const recordsIn = (entity: number, system: string) =>
  store.all<{ externalId: string; customer: number; deleted: number; body: string }>(
    'SELECT external_id AS "externalId", customer, deleted, body FROM source_record WHERE entity = ? AND system = ?',
    entity,
    system,
  );
const ours = (name: string): Promise<JsonObject[]> =>
  people.call<JsonObject[]>("res.partner", "search_read", [[["name", "like", name]]], {
    fields: ["name", "phone", "active"],
    order: "name",
    context: { active_test: false },
  });

test("a day of changes on both sides, with a hub that is killed in its middle: no echo, and the books balance", {
  timeout: 540_000,
}, async () => {
  const numbers = Array.from({ length: COUNT }, (_, n) => n + 1);
  const customer = (n: number, version: number, more: JsonObject = {}): JsonObject => ({
    ...{
      number: `B-${n}`,
      version,
      company: `${BILLED}${n}`,
      state: "active",
      phone: `030 12345${n}${version}`,
    },
    ...{ address: { line1: "Street 1", zip: "10115", city: "Berlin", country: "DE" } },
    ...more,
  });
  const made = await people.call<number[]>("res.partner", "create", [
    numbers.map((n) => ({ name: `Odoo ${RUN} ${n}`, phone: `+49 30 99${n}` })) as Json,
  ]);
  for (const n of numbers) await bill("customer.created", customer(n, 1));
  await until(async () => (await ours(BILLED)).length === COUNT);
  await calm();

  // Odoo's partners are customers, billing's customers are partners, and none is there twice.
  const first = [...(await recordsIn(0, "odoo")), ...(await recordsIn(0, "billing"))];
  const customersOf = (ids: readonly (string | number)[]) =>
    new Set(first.filter(({ externalId }) => ids.map(String).includes(externalId)).map((one) => one.customer))
      .size;
  const partners = (await ours(BILLED)).map(({ id }) => Number(id));
  expect(customersOf([...numbers.map((n) => `B-${n}`), ...partners])).toBe(COUNT);
  expect(customersOf(made)).toBe(COUNT);

  const changes = async (): Promise<void> => {
    for (const n of numbers.slice(1)) {
      await bill("customer.updated", customer(n, 2));
      await people.call("res.partner", "write", [[made[n - 1] ?? 0], { phone: `+49 30 77${n}` }]);
    }
    await bill("customer.deleted", { number: "B-1", version: 2 });
    await people.call("res.partner", "write", [[made[0] ?? 0], { active: false }]);
    await people.call("res.partner", "unlink", [[made[1] ?? 0]]);
  };
  const changing = changes();
  await pause(1_000);
  await hub.kill();
  await start();
  await pause(1_000);
  await hub.kill();
  await start();
  await changing;
  await until(
    async () => (await ours(BILLED)).filter(({ phone }) => /2$/.test(String(phone))).length === COUNT - 1,
  );
  await until(async () =>
    (await recordsIn(0, "odoo")).some((one) => one.externalId === String(made[1]) && one.deleted === 1),
  );
  await calm();

  const after = await ours(BILLED);
  expect(after.map(({ active }) => active)).toEqual([false, ...numbers.slice(1).map(() => true)]);
  expect(after).toHaveLength(COUNT);
  const records = await recordsIn(0, "odoo");
  const bodyOf = (id: number | undefined) => records.find((one) => one.externalId === String(id))?.body ?? "";
  expect(bodyOf(made[0])).toContain('"status":"inactive"');
  expect(bodyOf(made[2])).toContain("+4930773");
  // What the hub wrote itself is nobody's news: the record joins and says no more.
  expect(bodyOf(partners[2])).not.toContain("phones");

  const deliveries = (await booksOf(store, "crm-customers-to-odoo")).deliveries.length;
  expect(deliveries).toBeLessThanOrEqual(COUNT * 2 + 1);
  for (const flow of FLOWS) {
    const { messages } = await booksOf(store, flow);
    expect(
      messages.filter(({ state }) => state !== "done").map(({ failure }) => failure),
      flow,
    ).toEqual([]);
  }
});

test("an order that is confirmed comes to Odoo with its lines, waits for its product, and is dispatched", {
  timeout: 300_000,
}, async () => {
  const sku = (n: number): string => `${RUN}-${n}`;
  const product = (n: number): Promise<number> =>
    people.call<number>("product.product", "create", [
      { name: sku(n), default_code: sku(n), type: "consu", list_price: 5 },
    ]);
  const order = (version: number, more: JsonObject): Promise<void> =>
    post("orders", `order_${RUN}_${version}`, "order.changed", {
      ...{ id: RUN, number: `A ${RUN}`, customer: { system: "billing", id: "B-9" }, placedOn: "2026-11-27" },
      ...more,
    });
  const line = (n: number, quantity: string) => ({ sku: sku(n), quantity, unitPrice: "12.34" });
  const inOdoo = (): Promise<JsonObject[]> =>
    people.call<JsonObject[]>("sale.order", "search_read", [[["client_order_ref", "=", `A ${RUN}`]]], {
      fields: ["state", "amount_untaxed", "partner_id", "picking_ids"],
    });

  await product(1);
  await bill("customer.created", {
    ...{ number: "B-9", version: 1, company: `Buyer ${RUN}`, state: "active" },
    address: { line1: "Street 1", zip: "10115", city: "Berlin", country: "DE" },
  });
  await until(async () => (await recordsIn(0, "billing")).some(({ externalId }) => externalId === "B-9"));
  await order(1, { status: "placed", lines: [line(1, "3"), line(2, "1")] });
  await until(async () =>
    (await booksOf(store, "crm-orders-to-odoo")).deliveries.some(({ attempts }) => attempts > 0),
  );
  expect(await inOdoo()).toEqual([]);
  await product(2);
  await until(async () => (await inOdoo()).length === 1);
  expect(await inOdoo()).toMatchObject([{ state: "draft", amount_untaxed: 49.36 }]);

  await order(2, { status: "confirmed", lines: [line(1, "2")] });
  await until(async () => (await inOdoo())[0]?.["state"] === "sale");
  await until(async () => (await inOdoo())[0]?.["amount_untaxed"] === 24.68);
  const [sold] = await inOdoo();
  const [picking = 0] = (sold?.["picking_ids"] ?? []) as number[];
  const moves = await people.call<JsonObject[]>(
    "stock.move",
    "search_read",
    [[["picking_id", "=", picking]]],
    {
      fields: ["product_uom_qty"],
    },
  );
  for (const { id = 0, product_uom_qty: quantity = 0 } of moves)
    await people.call("stock.move", "write", [[id], { quantity_done: quantity }]);
  await people.call("stock.picking", "button_validate", [[picking]]);
  await until(async () =>
    (await recordsIn(3, "odoo")).some(
      ({ externalId, body }) => externalId === String(sold?.["id"]) && body.includes("shipped"),
    ),
  );
  await calm();
  expect(await inOdoo()).toHaveLength(1);
});
