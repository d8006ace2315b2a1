import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Bench, openBench } from "../api/setup.ts";
import { CLIENT_SECRET, type OpenIdProvider, openOpenIdProvider } from "../fakes/openid-provider.ts";
import { openBrowser } from "./chromium.ts";
import { barriers, cutOff } from "./judge.ts";
import { openPage } from "./page.ts";

const PASSWORD = "correct horse battery";
let browser: Browser;
let provider: OpenIdProvider;
let bench: Bench;

beforeAll(async () => {
  browser = await openBrowser();
  provider = await openOpenIdProvider({
    "s-otto": { preferred_username: "otto", groups: ["operators"] },
    "s-nora": { preferred_username: "nora", groups: [] },
  });
  bench = await openBench({
    entries: [],
    settings: {
      oidc: {
        ...{ issuer: provider.issuer, clientId: "tieline", clientSecret: CLIENT_SECRET },
        ...{ scopes: ["openid", "profile", "groups"], nameClaim: "preferred_username" },
        roles: { claim: "groups", map: new Map([["operators", "operator"]]), otherwise: null },
        label: "Sign in with ACME",
      },
    },
  });
  provider.register(`${bench.url}/api/v1/session/oidc/callback`, `${bench.url}/`);
  await bench.post("/api/v1/users", { name: "anna", password: PASSWORD, role: "admin" });
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await bench?.close();
  await provider?.close();
});

/** A page of a browser in which nobody has signed in. */
async function openStranger(address = "/", at = bench): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 860 } })).newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(at.url + address);
  return page;
}

async function whole(page: Page): Promise<void> {
  expect([...(await barriers(page)), ...(await cutOff(page))]).toEqual([]);
}

test("a person signs in at the provider, comes back to the screen that was asked for, and out of both", async () => {
  provider.who = "s-otto";
  const page = await openStranger("/messages?key=4711");
  await page.getByRole("link", { name: "Sign in with ACME" }).waitFor();
  await whole(page);
  await page.getByRole("link", { name: "Sign in with ACME" }).click();
  await page.locator("nav.rail").waitFor();
  expect(new URL(page.url()).pathname).toBe("/messages");
  await page.getByRole("link", { name: "otto", exact: true }).click();
  await page.getByText("You sign in at your organization's provider").waitFor();
  expect(await page.getByLabel("Present password").count()).toBe(0);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(`${provider.issuer}/**`);
  expect((await bench.queries.audit({ before: null, limit: 1 })).items[0]).toMatchObject({ act: "sign-out" });
  await page.context().close();
});

test("who has no role here is told whom to ask, and may go on with a local account", async () => {
  provider.who = "s-nora";
  const page = await openStranger();
  await page.getByRole("link", { name: "Sign in with ACME" }).click();
  await page.getByRole("alert").getByText("Ask an administrator").waitFor();
  await page.getByRole("textbox", { name: "Name" }).waitFor();
  await whole(page);
  await page.context().close();
});

test("whoever came with the token makes the first account, goes on as that person, and is not asked again", async () => {
  const empty = await openBench({ entries: [] });
  const { page, close } = await openPage(browser, empty.url);
  await page.getByRole("heading", { name: "Make your account" }).waitFor();
  await whole(page);
  await page.getByLabel("Your name").fill("Anna");
  await page.getByLabel("Your password").fill(PASSWORD);
  await page.getByRole("button", { name: "Make the first administrator" }).click();
  await page.getByRole("link", { name: "anna", exact: true }).waitFor();
  await page.getByText("Nothing has crossed this hub yet").waitFor();
  expect(await page.getByRole("heading", { name: "Make your account" }).count()).toBe(0);
  const { items } = await empty.queries.audit({ before: null, limit: 9 });
  expect(items.map(({ actor, act, target }) => `${actor} ${act} ${target}`)).toEqual([
    ...["anna sign-in anna", "dashboard add-user anna"],
  ]);
  await close();
  await empty.close();
});

test("a user changes the own password, which ends the other sessions and this one not", async () => {
  const other = await openBench({ entries: [] });
  const user = { name: "paul", password: PASSWORD };
  await other.post("/api/v1/users", { ...user, role: "viewer" });
  const elsewhere = await openPage(browser, other.url, { as: user });
  const { page, close } = await openPage(browser, other.url, { as: user });
  await page.getByRole("link", { name: "paul", exact: true }).click();
  await page.getByLabel("Present password").fill("not the present one");
  await page.getByLabel("New password").fill("another horse battery");
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText("name or password is wrong").waitFor();
  await page.getByLabel("Present password").fill(PASSWORD);
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByRole("status").getByText("The password is changed").waitFor();
  await whole(page);
  await page.reload();
  await page.getByLabel("Present password").waitFor();
  await elsewhere.page.reload();
  await elsewhere.page.getByRole("textbox", { name: "Password" }).waitFor();
  await elsewhere.close();
  await close();
  await other.close();
});

test("a hub that asks nobody offers the first account and takes no for an answer", async () => {
  const open = await openBench({ entries: [], settings: { auth: "none" } });
  const page = await openStranger("/", open);
  await page.getByText("You can leave this out.").waitFor();
  await page.getByRole("button", { name: "Put away" }).click();
  expect(await page.getByText("You can leave this out.").count()).toBe(0);
  await page.reload();
  await page.getByRole("heading", { name: "Flows" }).waitFor();
  expect(await page.getByText("You can leave this out.").count()).toBe(0);
  await page.context().close();
  await open.close();
});
