import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Bench } from "../api/setup.ts";
import { openBrowser } from "./chromium.ts";
import { openMany } from "./many.ts";
import { loaded, type Opened, openPage } from "./page.ts";

let browser: Browser;
let bench: Bench;
beforeAll(async () => {
  [browser, bench] = await Promise.all([openBrowser(), openMany()]);
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await bench?.close();
});

async function rows({ page }: Opened): Promise<readonly string[]> {
  await loaded(page);
  return page.locator("main table.rows").first().locator("tbody tr").allInnerTexts();
}

test.each([
  "/messages",
  "/files",
  "/files/written",
  "/customers?q=47",
  "/customers/unassigned",
  "/alerts",
  "/audit",
])("%s goes on behind its first page, and back", async (list) => {
  const opened = await openPage(browser, bench.url);
  const { page } = opened;
  await opened.show(list);
  const first = await rows(opened);
  expect(first.length).toBeGreaterThanOrEqual(20);
  await page.getByRole("button", { name: "Older" }).click();
  await page.waitForURL(/cursor=/);
  const second = await rows(opened);
  expect(second.length).toBeGreaterThan(0);
  expect(second).not.toEqual(first);
  await page.getByRole("button", { name: "Newest" }).click();
  await page.waitForURL((url) => !url.search.includes("cursor"));
  expect(await rows(opened)).toHaveLength(first.length);
  expect(opened.faults).toEqual([]);
  await opened.close();
});

test("what is shown in part says so", async () => {
  const opened = await openPage(browser, bench.url);
  const { page } = opened;
  await opened.show("/errors");
  await page.getByText(/were counted; there are more$/).waitFor();
  await opened.show("/files/1");
  await page.getByText("There are more; the download has all.").waitFor();
  await opened.close();
});

test("Overview shows first what needs somebody, says how many there are, and shows all when asked", async () => {
  const opened = await openPage(browser, bench.url);
  const { page } = opened;
  await opened.show("/");
  const card = (name: string) =>
    page.locator("section.card", { has: page.getByRole("heading", { name, exact: true }) });
  const flows = await card("Flows").locator("tbody td:first-child").allInnerTexts();
  // One has a route that is stopped, the others a text that is not in force.
  expect(flows.slice(0, 6).map((name) => name.split("-", 2).join("-"))).toEqual([
    ...["orders", "flow-0", "flow-50", "flow-100", "flow-150", "flow-200"],
  ]);
  await card("Needs you").getByRole("link", { name: "More alerts fire" }).waitFor();
  await card("Needs you").getByRole("link", { name: "More files are stopped" }).waitFor();
  for (const [name, first] of [
    ["Needs you", 10],
    ["Flows", 20],
  ] as const) {
    const rows = card(name).locator("tbody tr");
    expect(await rows.count()).toBe(first);
    const all = card(name).getByRole("button", { name: /^Show all \d+$/ });
    const n = Number((await all.textContent())?.replace("Show all ", ""));
    await card(name).getByText(`${first} of ${n},`).waitFor();
    await all.click();
    expect(await rows.count()).toBe(n);
    await card(name)
      .getByRole("button", { name: `Show the first ${first}` })
      .click();
    expect(await rows.count()).toBe(first);
  }
  expect(await card("Flows").locator("tbody td:first-child").allInnerTexts()).toEqual(flows);
  await opened.close();
});

test("the books of a flow leave room for the names of its routes", async () => {
  const opened = await openPage(browser, bench.url);
  await opened.show("/flows/orders");
  const books = opened.page.locator("section.card", {
    has: opened.page.getByRole("heading", { name: "Books" }),
  });
  const box = await books.locator("tbody td").first().boundingBox();
  expect(box?.width).toBeGreaterThan(200);
  await opened.close();
});
