import { afterAll, expect, test } from "vitest";
import { cleanUp } from "../bench/temporary.ts";
import { openBrowser } from "./chromium.ts";
import { live } from "./live.ts";
import { describeLive } from "./live-verdict.ts";

afterAll(() => cleanUp());

test("after twenty seconds under load the numbers on the screens are those of the store", async () => {
  const browser = await openBrowser();
  const { text, checks } = describeLive(await live(browser, 20));
  await browser.close();
  process.stdout.write(`${text}\n`);
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
});
