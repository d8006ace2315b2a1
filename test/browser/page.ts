import type { Browser, Page } from "playwright-core";
import { TOKEN } from "../api/setup.ts";

export const ADDRESSES: Readonly<Record<string, string>> = {
  overview: "/",
  messages: "/messages",
  message: "/messages/m-2",
  delivered: "/messages/m-1",
  errors: "/errors",
  flows: "/flows",
  flow: "/flows/orders",
  mapping: "/flows/orders/mapping",
  files: "/files",
  "written-files": "/files/written",
  file: "/files/1",
  customers: "/customers?q=47",
  customer: "/customers/c-1",
  unassigned: "/customers/unassigned",
  schedules: "/schedules",
  systems: "/systems",
  agent: "/agent?system=pbx&agent=101",
  alerts: "/alerts",
  audit: "/audit",
  admin: "/admin",
  account: "/account",
};

export interface Account {
  readonly name: string;
  readonly password: string;
}

export interface Look {
  readonly width?: number;
  readonly scheme?: "light" | "dark";
  /** Who looks; whoever has the token of the hub unless given. */
  readonly as?: Account;
  /** Of the hub; that of the tests of the API unless given. */
  readonly token?: string;
}

export interface Opened {
  readonly page: Page;
  /** What the browser refused or threw; answers that the page shows as problems are left out. */
  readonly faults: string[];
  /** Goes to an address and waits until it has been read. */
  show(address: string): Promise<void>;
  close(): Promise<void>;
}

/** A page of a browser that is signed in. */
export async function openPage(browser: Browser, url: string, look: Look = {}): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1280, height: 860 },
    colorScheme: look.scheme ?? "light",
    timezoneId: "Europe/Berlin",
  });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("dialog", (dialog) => {
    faults.push(`a script asked: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (entry) => {
    if (entry.type() === "error" && !entry.text().includes("Failed to load resource"))
      faults.push(entry.text());
  });
  await page.goto(url);
  await signIn(page, look.as ?? look.token ?? TOKEN);
  return {
    page,
    faults,
    async show(address) {
      await page.goto(url + address);
      await page.locator("main h1").first().waitFor();
      await loaded(page);
    },
    close: () => context.close(),
  };
}

/** Waits until all that the page has asked for has come. */
export async function loaded(page: Page): Promise<void> {
  // The page's own policy forbids code from text, so what is asked again and again is asked from here.
  while ((await page.locator("[aria-busy=true]").count()) > 0) await page.waitForTimeout(50);
}

/** Fills in the form, which asks for the token where there are no accounts, and offers it where there are. */
async function signIn(page: Page, as: Account | string): Promise<void> {
  const token = page.getByLabel("Token of the hub");
  const other = page.getByRole("button", { name: "Sign in with the token of the hub" });
  await token.or(other).first().waitFor();
  if (typeof as === "string") {
    if (await other.isVisible()) await other.click();
    await token.fill(as);
  } else {
    await page.getByLabel("Name").fill(as.name);
    await page.locator("input[autocomplete=current-password]").fill(as.password);
  }
  await page.keyboard.press("Enter");
  await page.locator("nav.rail").waitFor();
}
