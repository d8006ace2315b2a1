import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser } from "./chromium.ts";
import { openPage } from "./page.ts";
import { openFew } from "./seed.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

test("an administrator reads for how long all is kept, and has the hub examined", async () => {
  const bench = await openFew();
  const { page, ...opened } = await openPage(browser, bench.url);
  await opened.show("/admin");
  const retention = page.locator("section.card", { has: page.getByRole("heading", { name: "Retention" }) });
  const cells = await retention
    .getByRole("row", { name: /^Messages/ })
    .locator("td")
    .allTextContents();
  expect(cells.slice(1)).toEqual(["90 d", "0 forgotten"]);
  expect(await retention.textContent()).toContain("No sweep has ended yet.");
  const doctor = page.locator("section.card", { has: page.getByRole("heading", { name: "Doctor" }) });
  expect(await doctor.textContent()).toContain("Nothing has been looked at yet.");
  await doctor.getByRole("button", { name: "Examine" }).click();
  await doctor.getByText(/^Of \d+ findings \d+ are bad/).waitFor();
  const states = await doctor.locator("tbody tr td:first-child").allTextContents();
  expect(states[0]).toBe("bad");
  expect(states.at(-1)).toBe("fine");
  await page.route("**/api/v1/doctor", (route) => route.abort());
  await doctor.getByRole("button", { name: "Examine" }).click();
  await doctor.getByRole("button", { name: "Try again" }).waitFor();
  expect(opened.faults).toEqual([]);
  await opened.close();
  await bench.close();
});
