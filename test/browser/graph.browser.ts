import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Bench, flowDefinition, flowStatus, openBench } from "../api/setup.ts";
import { openBrowser } from "./chromium.ts";
import { barriers, cutOff } from "./judge.ts";
import { type Opened, openPage } from "./page.ts";
import { delivery, message } from "./rows.ts";

const failure = { code: "TL_ACCEPTS_FAILED", message: "order 7 has no lines" } as const;

let browser: Browser;
let bench: Bench;
let opened: Opened;

beforeAll(async () => {
  browser = await openBrowser();
  bench = await openFlows();
  opened = await openPage(browser, bench.url);
}, 240_000);
afterAll(async () => {
  await opened?.close();
  await bench?.close();
  await browser?.close();
});

/** Orders come from the web and go to the CRM and the shop; what the CRM publishes goes on by the flow `stock`. */
async function openFlows(): Promise<Bench> {
  const routes = (...to: readonly string[]) =>
    to.map((one) => ({ to: one, when: null, onPark: "block" as const }));
  const state = (to: string, change: object = {}) => ({
    to,
    stopped: null,
    waitingUntil: null,
    open: 0,
    ...change,
  });
  const made = await openBench({
    entries: [
      {
        definition: flowDefinition("orders", {
          map: "mappings/orders/order.jsonata",
          routes: routes("crm.customer", "shop.order"),
        }),
        status: flowStatus(1, "orders", {
          hash: "b".repeat(64),
          routes: [state("crm.customer"), state("shop.order", { stopped: "TL_TARGET_ACCESS: status 401" })],
        }),
      },
      {
        definition: flowDefinition("stock", {
          source: { topic: "customer.changed" },
          routes: routes("depot.stock"),
        }),
        status: flowStatus(2, "stock", { running: false, routes: [state("depot.stock")] }),
      },
    ],
  });
  await made.store.transaction(async (tx) => {
    const version = { "flow.yaml": "x" };
    await tx.flows.deploy("orders", "b".repeat(64), version, ["crm.customer", "shop.order"], Date.now());
    await tx.flows.deploy("stock", "c".repeat(64), version, ["depot.stock"], Date.now());
    const places = await tx.messages.insert([
      ...[1, 2, 3].map((n) =>
        message({
          key: `k${n}`,
          acceptedAt: Date.now(),
          state: "done",
          outcomes: { "crm.customer": "applied" },
        }),
      ),
      message({
        ...{ key: "k0", flow: 2, acceptedAt: 1_000, state: "parked" },
        failure: { ...failure, message: "customer 7 has no address" },
      }),
      message({ key: "k4", acceptedAt: Date.now(), state: "parked", failure }),
    ]);
    const shop = (await tx.flows.routes()).find((one) => one.to === "shop.order")?.id ?? 0;
    await tx.deliveries.insert(places.slice(0, 3).map((place) => delivery(place, shop)));
    await tx.tallies.add(Date.now(), [
      { flow: 1, route: 0, outcome: "accepted", n: 4 },
      { flow: 1, route: 1, outcome: "applied", n: 3 },
      { flow: 1, route: 1, outcome: "parked", n: 1 },
    ]);
  });
  return made;
}

const box = (id: string) => opened.page.locator(`[data-box="${id}"]`);

test("a flow is shown from its source to each target, with what it feeds", async () => {
  await opened.show("/flows/orders");
  await box("flow:orders").waitFor();
  const found = await opened.page.locator("[data-box] .name").allTextContents();
  expect(found.sort()).toEqual([
    "crm.customer",
    "customer.changed",
    "orders",
    "shop.order",
    "stock",
    "web.orders",
  ]);
  expect(await box("flow:orders").textContent()).toContain("mapping bbbbbbbb");
  expect(await box("flow:orders").textContent()).toContain("stopped");
  const shop = opened.page.locator('[data-way="flow:orders → shop.order"]');
  expect(await shop.textContent()).toMatch(/stopped\s*0 applied\s*3 open/);
  expect(await box("flow:stock").textContent()).toContain("paused");
});

test("the controls of the graph lie on none of its boxes", async () => {
  for (const address of ["/flows?view=graph", "/flows/orders"]) {
    await opened.show(address);
    await box("flow:orders").waitFor();
    const controls = await opened.page.locator(".react-flow__controls").boundingBox();
    const boxes = await opened.page.locator("[data-box]").all();
    const bottoms = await Promise.all(
      boxes.map(async (one) => {
        const place = await one.boundingBox();
        return place === null ? Number.POSITIVE_INFINITY : place.y + place.height;
      }),
    );
    expect(Math.max(...bottoms)).toBeLessThanOrEqual(controls?.y ?? 0);
  }
});

test("a number in the graph leads to the messages that it counts", async () => {
  await opened.show("/flows/orders");
  const accepted = opened.page.locator('[data-way="system:web.orders → flow:orders"] a');
  expect(await accepted.textContent()).toBe("4 accepted");
  await accepted.click();
  await opened.page.waitForURL(/\/messages\?flow=orders&since=/);
  await opened.page.getByRole("heading", { name: "Messages" }).waitFor();
  await opened.page.locator("table.rows tbody tr").nth(3).waitFor();
  expect(await opened.page.locator("table.rows tbody tr").count()).toBe(4);
  await opened.show("/flows/orders");
  const parked = box("flow:orders").getByText("1 parked");
  await parked.click();
  await opened.page.waitForURL(/\/messages\?flow=orders&state=parked/);
  await opened.page.locator("tr[data-id]").first().waitFor();
  expect(await opened.page.locator("tr[data-id]").count()).toBe(1);
});

test("all flows and systems are one graph, which leads to each flow by keys alone", async () => {
  await opened.show("/flows");
  await opened.page.getByText("Graph", { exact: true }).focus();
  await opened.page.getByRole("radio", { name: "List" }).focus();
  await opened.page.keyboard.press("ArrowRight");
  await opened.page.waitForURL(/view=graph/);
  await box("flow:stock").waitFor();
  const found = await opened.page
    .locator("[data-box]")
    .evaluateAll((all) =>
      all.map((one) => (one as unknown as { dataset: Record<string, string> }).dataset["box"]),
    );
  expect([...found].sort()).toEqual([
    ...["flow:orders", "flow:stock", "system:crm", "system:depot", "system:shop", "system:web"],
    "topic:customer.changed",
  ]);
  const stock = box("flow:stock").getByRole("link", { name: "stock" });
  for (let presses = 0; presses < 80; presses++) {
    if (await stock.evaluate((one) => one.matches(":focus"))) break;
    await opened.page.keyboard.press("Tab");
  }
  await opened.page.keyboard.press("Enter");
  await opened.page.waitForURL(/\/flows\/stock$/);
});

test("new numbers come in their places, and nothing is laid out anew", async () => {
  await opened.show("/flows/orders");
  await box("flow:orders").waitFor();
  await opened.page.evaluate(
    `document.querySelector('[data-box="flow:orders"]').setAttribute("data-kept", "")`,
  );
  const before = await box("flow:orders").boundingBox();
  await bench.store.transaction((tx) =>
    tx.tallies.add(Date.now(), [{ flow: 1, route: 0, outcome: "accepted", n: 5 }]),
  );
  await opened.page.getByText("9 accepted").first().waitFor();
  expect(await opened.page.locator("[data-kept]").count()).toBe(1);
  expect(await box("flow:orders").boundingBox()).toEqual(before);
});

test("what fails only since the flow was changed stands first", async () => {
  await opened.show("/errors");
  await opened.page.locator("td[data-name=messages]").first().waitFor();
  expect(await opened.page.locator("tbody th").allTextContents()).toEqual([
    "New since the flow's last change",
    "Known before",
  ]);
  const rows = await opened.page.locator("tbody tr[data-fingerprint]").allTextContents();
  expect(rows.map((text) => /no lines|no address/.exec(text)?.[0])).toEqual(["no lines", "no address"]);
});

test("what the graph shows is a table too, and alone on a phone", async () => {
  const phone = await openPage(browser, bench.url, { width: 390 });
  await phone.show("/flows/orders");
  const rows = phone.page.locator("details table tbody tr");
  await rows.first().waitFor();
  expect(await rows.count()).toBe(5);
  expect((await rows.allTextContents()).join(" ")).toContain("shop.order");
  expect(await phone.page.locator(".graph").isVisible()).toBe(false);
  expect([...(await barriers(phone.page)), ...(await cutOff(phone.page)), ...phone.faults]).toEqual([]);
  await phone.close();
});

test.each(["light", "dark"] as const)("the graph keeps nobody from using it, %s", async (scheme) => {
  const page = await openPage(browser, bench.url, { scheme });
  for (const address of ["/flows?view=graph", "/flows/orders"]) {
    await page.show(address);
    await page.page.locator("[data-box]").first().waitFor();
    expect([...(await barriers(page.page)), ...(await cutOff(page.page)), ...page.faults]).toEqual([]);
  }
  await page.close();
});
