import type { Page, Route } from "playwright-core";
import { expect, test } from "vitest";
import { ERRORS } from "../../src/errors.ts";
import { browser, few } from "./few.ts";
import { barriers, cutOff } from "./judge.ts";
import { ADDRESSES, openPage } from "./page.ts";

/** What may become of the page's requests, and the title of the problem that is told then. */
const TROUBLE: Readonly<Record<string, { readonly title: string; readonly end: (route: Route) => unknown }>> =
  {
    "does not answer": { title: "The hub cannot be reached", end: (route) => route.abort() },
    "answers that its store fails": {
      title: ERRORS.TL_STORE_FAILED.title,
      end: (route) => route.fulfill({ status: 500, json: problem("TL_STORE_FAILED") }),
    },
  };

/** As the hub answers (RFC 9457). */
function problem(code: "TL_STORE_FAILED"): object {
  const { title, cure, status } = ERRORS[code];
  return { type: `/api/v1/errors/${code}`, title, cure, status, code, detail: "the disk is gone" };
}

/** Who is signed in is known from before; all else goes wrong. */
async function trouble(page: Page, end: (route: Route) => unknown): Promise<void> {
  await page.route(isAsked, async (route) => {
    await end(route);
  });
}

function isAsked({ pathname }: URL): boolean {
  return pathname.startsWith("/api/v1/") && pathname !== "/api/v1/session";
}

test.each(Object.entries(TROUBLE))(
  "when the hub %s, every screen says so and offers to try again",
  async (_name, { title, end }) => {
    const opened = await openPage(browser, few.url);
    const { page } = opened;
    const found: Record<string, readonly string[]> = {};
    for (const [name, address] of Object.entries(ADDRESSES)) {
      // It asks for nothing but who is signed in.
      if (name === "account") continue;
      await trouble(page, end);
      await page.goto(few.url + address);
      const told = page.getByRole("alert").filter({ hasText: title });
      const wrong: string[] = [];
      await told
        .first()
        .waitFor({ timeout: 30_000 })
        .catch(() => wrong.push("it says nothing"));
      if ((await page.locator("h1").count()) === 0) wrong.push("it has no name");
      if ((await told.getByRole("button", { name: "Try again" }).count()) === 0) wrong.push("no way on");
      wrong.push(...(await barriers(page)), ...(await cutOff(page)), ...opened.faults.splice(0));
      await page.unroute(isAsked);
      for (let again = 0; (await told.count()) > 0 && again < 20; again++) {
        await told.getByRole("button", { name: "Try again" }).first().click();
        await page.waitForTimeout(100);
      }
      if ((await told.count()) > 0) wrong.push("trying again does not help");
      if (wrong.length > 0) found[name] = wrong;
    }
    await opened.close();
    expect(found).toEqual({});
  },
);

test("what was read before the hub went away stays, says how old it is, and what needs people is not called nothing", async () => {
  const opened = await openPage(browser, few.url);
  const { page } = opened;
  await opened.show("/errors");
  await page.locator("tr[data-fingerprint]").first().waitFor();
  await trouble(page, (route) => route.abort());
  await page.getByText("The hub cannot be reached").first().waitFor();
  expect(await page.locator("tr[data-fingerprint]").count()).toBeGreaterThan(0);
  await page.getByText(/^updated ([5-9]|\d\d) s ago$/).waitFor();
  await page.goto(few.url);
  await page.getByText("The hub cannot be reached").first().waitFor();
  expect(await page.getByText("Nothing. All that waits goes on by itself.").count()).toBe(0);
  await opened.close();
});
