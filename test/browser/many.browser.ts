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
