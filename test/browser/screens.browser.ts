import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Bench } from "../api/setup.ts";
import { openBrowser } from "./chromium.ts";
import { barriers, cutOff } from "./judge.ts";
import { openMany } from "./many.ts";
import { openNaughty } from "./naughty.ts";
import { ADDRESSES, type Look, type Opened, openPage } from "./page.ts";
import { openEmpty, openFew } from "./seed.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
}, 240_000);
afterAll(() => browser?.close());

/** Opens each screen in turn and gives what is wrong with it, by screen; nothing when all are well. */
async function wrongs(bench: Bench, look: Look, judge: (opened: Opened) => Promise<readonly string[]>) {
  const opened = await openPage(browser, bench.url, look);
  const found: Record<string, readonly string[]> = {};
  for (const [name, address] of Object.entries(ADDRESSES)) {
    await opened.show(address);
    const bad = [...(await judge(opened)), ...(await outOfPlace(opened))];
    if (bad.length > 0) found[name] = bad;
  }
  await opened.close();
  return found;
}

async function outOfPlace({ page, faults }: Opened): Promise<readonly string[]> {
  const ran = await page.evaluate("window.ran");
  return [
    ...faults.splice(0),
    ...(await cutOff(page)),
    ...(ran === undefined ? [] : ["a text of a sender ran as a script"]),
  ];
}

const LOOKS: Readonly<Record<string, Look>> = {
  light: {},
  dark: { scheme: "dark" },
  "on a phone": { width: 390 },
};

const HUBS = { empty: openEmpty, few: openFew, many: openMany };

describe.each(Object.entries(HUBS))("a hub with %s", (_name, open) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await open();
  }, 240_000);
  afterAll(() => bench?.close());

  test.each(Object.entries(LOOKS))("shows every screen so that all can use it, %s", async (_look, look) => {
    expect(await wrongs(bench, look, ({ page }) => barriers(page))).toEqual({});
  });
});

test("naughty texts in every place a sender has a say run nothing and keep the layout", async () => {
  const bench = await openNaughty();
  const nothing = async (): Promise<readonly string[]> => [];
  const found = {
    wide: await wrongs(bench, {}, nothing),
    phone: await wrongs(bench, { width: 390 }, nothing),
  };
  await bench.close();
  expect(found).toEqual({ wide: {}, phone: {} });
});
