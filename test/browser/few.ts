import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import type { Bench } from "../api/setup.ts";
import { openBrowser } from "./chromium.ts";
import { openFew } from "./seed.ts";

/** A browser, and a hub with a few of everything, for all tests of the file that imports them. */
export let browser: Browser;
export let few: Bench;

beforeAll(async () => {
  [browser, few] = await Promise.all([openBrowser(), openFew()]);
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await few?.close();
});
