import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { median } from "../bench/statistics.ts";
import { browser, few } from "./few.ts";
import { openPage } from "./page.ts";

const ROUNDS = 5;
/** Bytes, zipped. */
const MOST = 500_000;

/** Milliseconds from asking for the page to its first text or picture. */
async function paint(page: Page): Promise<number> {
  // What is in the document may not have been painted yet. The page's own policy forbids to wait for it there.
  for (;;) {
    const at = await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime");
    if (typeof at === "number") return at;
    await page.waitForTimeout(10);
  }
}

test("Overview is painted and fetched on loopback as told here, of no more than it may weigh", async () => {
  const cold: number[] = [];
  const warm: number[] = [];
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    // A context has a cache of its own; the form to sign in is no screen, so its cookie is taken to a fresh one.
    const opened = await openPage(browser, few.url);
    const storageState = await opened.page.context().storageState();
    await opened.close();
    const context = await browser.newContext({ storageState });
    const page = await context.newPage();
    const parts: Promise<number>[] = [];
    page.on("response", (answer) => {
      if (!answer.url().includes("/api/")) parts.push(answer.body().then((body) => gzipSync(body).length));
    });
    await page.goto(few.url);
    cold.push(await paint(page));
    bytes = (await Promise.all(parts)).reduce((sum, one) => sum + one, 0);
    await page.goto(few.url);
    warm.push(await paint(page));
    await context.close();
  }
  process.stdout.write(
    `first contentful paint on loopback, median of ${ROUNDS}: ${Math.round(median(cold))} ms cold, ${Math.round(median(warm))} ms warm\n` +
      `first load of Overview: ${Math.round(bytes / 1000)} kB gzip of ${MOST / 1000} kB\n`,
  );
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(MOST);
});
