import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Bench, flowDefinition, flowStatus, openBench } from "../api/setup.ts";
import { openBrowser } from "./chromium.ts";
import { openPage } from "./page.ts";
import { message, NOW } from "./rows.ts";
import { VIEWER } from "./seed.ts";

const PATH = "mappings/orders/order.jsonata";
const LINE = 150;
const COLUMN = 14;
/** Much longer than a window is high. */
const TEXT = [
  "{",
  ...Array.from({ length: 198 }, (_, at) => `  "field ${at + 2}": $number(in.a${at + 2}),`),
  '  "last": last',
  "}",
].join("\n");

let browser: Browser;
let bench: Bench;
beforeAll(async () => {
  [browser, bench] = await Promise.all([openBrowser(), openFailing()]);
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await bench?.close();
});

async function openFailing(): Promise<Bench> {
  const definition = flowDefinition("orders", { map: PATH, texts: { [PATH]: TEXT } });
  const made = await openBench({ entries: [{ definition, status: flowStatus(1, "orders") }] });
  await made.store.transaction(async (tx) => {
    await tx.flows.deploy("orders", "a".repeat(64), { [PATH]: TEXT }, ["crm.customer"], NOW);
    const place = { file: PATH, line: LINE, column: COLUMN };
    const failure = { code: "TL_MAPPING_FAILED", message: "not a number", place } as const;
    await tx.messages.insert([message({ state: "parked", failure })]);
  });
  const { name, password } = VIEWER;
  await made.post("/api/v1/users", { name, password, role: "viewer" });
  return made;
}

/** Whether an element is in the window and in what scrolls around it. */
async function isInView(page: Page, where: string): Promise<boolean> {
  const box = await page.locator(where).first().boundingBox();
  const { height } = page.viewportSize() ?? { height: 0 };
  return box !== null && box.y >= 0 && box.y + box.height <= height;
}

test.each(["/errors", "/messages/m-1"])(
  "an error of a mapping leads from %s to its line, which is in view, selected and focused",
  async (screen) => {
    const { page, ...opened } = await openPage(browser, bench.url);
    await opened.show(screen);
    await page.getByRole("link", { name: `Open the mapping, line ${LINE}` }).click();
    await page.waitForURL(`**/flows/orders/mapping?line=${LINE}&column=${COLUMN}`);
    const line = `  "field ${LINE}": $number(in.a${LINE}),`;
    await page.locator(".cm-activeLine", { hasText: `"field ${LINE}"` }).waitFor();
    expect(await page.locator(".cm-activeLine").textContent()).toBe(line);
    expect(await isInView(page, ".cm-activeLine")).toBe(true);
    expect(await page.evaluate("document.activeElement.getAttribute('aria-label')")).toBe("Mapping");
    expect(await page.evaluate("getSelection().toString()")).toBe(line.slice(COLUMN - 1));
    expect(opened.faults).toEqual([]);
    await opened.close();
  },
);

test("who may not change the mapping sees the line marked and in view", async () => {
  const { page, ...opened } = await openPage(browser, bench.url, { as: VIEWER });
  await opened.show(`/flows/orders/mapping?line=${LINE}`);
  expect(await page.locator("mark").textContent()).toContain(`"field ${LINE}"`);
  expect(await isInView(page, "mark")).toBe(true);
  await opened.close();
});

test("a line that the mapping no longer has leads to its end", async () => {
  const { page, ...opened } = await openPage(browser, bench.url);
  await opened.show("/flows/orders/mapping?line=9999&column=3");
  await page.locator(".cm-activeLine", { hasText: /^\}$/ }).waitFor();
  expect(opened.faults).toEqual([]);
  await opened.close();
});
