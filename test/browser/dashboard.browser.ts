import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Bench } from "../api/setup.ts";
import { openBrowser } from "./chromium.ts";
import { openPage } from "./page.ts";
import { openFew } from "./seed.ts";

let browser: Browser;
let few: Bench;

beforeAll(async () => {
  [browser, few] = await Promise.all([openBrowser(), openFew()]);
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await few?.close();
});

test("a session that has ended leads to signing in", async () => {
  const opened = await openPage(browser, few.url);
  await opened.page.context().clearCookies();
  await opened.page.goto(`${few.url}/errors`);
  await opened.page.getByLabel("Token of the hub").waitFor();
  await opened.page.getByLabel("Token of the hub").fill("tl_wrong");
  await opened.page.keyboard.press("Enter");
  await opened.page.getByText("this is not the token of the hub").waitFor();
  await opened.close();
});

test("every filter shows exactly its messages", async () => {
  const opened = await openPage(browser, few.url);
  const ids = async (query: string): Promise<readonly (string | null)[]> => {
    await opened.show(`/messages?${query}`);
    const rows = await opened.page.locator("tr[data-id]").all();
    return Promise.all(rows.map((row) => row.getAttribute("data-id")));
  };
  expect(await ids("state=parked")).toEqual(["m-3", "m-2"]);
  expect(await ids("state=held")).toEqual(["m-4"]);
  expect(await ids("state=waiting")).toEqual(["m-5"]);
  expect(await ids("flow=calls")).toEqual(["m-6", "m-5"]);
  expect(await ids("key=k2")).toEqual(["m-4", "m-3"]);
  expect(await ids("code=TL_DECODE_FAILED")).toEqual(["m-6"]);
  expect(await ids("outcome=rejected")).toEqual(["m-6"]);
  expect(await ids("state=rejected")).toEqual(["m-6"]);
  expect(await ids("flow=orders&state=parked&key=k2")).toEqual(["m-3"]);
  expect(await ids("since=15m")).toEqual([]);
  expect((await ids("since=24h")).length).toBe(50);
  await opened.close();
});

test("the largest group of errors leads to exactly its messages", async () => {
  const opened = await openPage(browser, few.url);
  await opened.show("/errors");
  await opened.page.locator("tr[data-fingerprint] td.number a").first().click();
  await opened.page.locator("tr[data-id=m-3]").waitFor();
  expect(await opened.page.locator("tr[data-id]").count()).toBe(2);
  await opened.close();
});

test("a parked message is replayed by the keyboard alone", async () => {
  const opened = await openPage(browser, few.url);
  const { keyboard } = opened.page;
  await opened.show("/messages?state=parked");
  await opened.page.locator("tr[data-id=m-3]").waitFor();
  await keyboard.press("j");
  await keyboard.press("Enter");
  await opened.page.getByRole("heading", { name: "m-3" }).waitFor();
  await keyboard.press("r");
  await opened.page.getByRole("dialog").getByRole("button", { name: "Replay 2" }).waitFor();
  for (let pressed = 0; pressed < 12; pressed++) {
    const focused = await opened.page.evaluate("document.activeElement?.textContent");
    if (focused === "Replay 2") break;
    await keyboard.press("Tab");
  }
  await keyboard.press("Enter");
  await opened.page.getByText("on the queue again").waitFor();
  expect(few.engine.acts.at(-1)).toMatchObject({
    act: "replay",
    by: { actor: "dashboard" },
    args: [{ messages: ["m-3"] }, { version: "current", allowStale: false }],
  });
  await opened.close();
});
