import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Bench } from "../api/setup.ts";
import { openBrowser } from "./chromium.ts";
import { type Ids, openCounted } from "./counted.ts";
import { loaded, type Opened, openPage } from "./page.ts";

let browser: Browser;
let bench: Bench;
let ids: Ids;

beforeAll(async () => {
  [browser, { bench, ids }] = await Promise.all([openBrowser(), openCounted()]);
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await bench?.close();
});

/** A number on a screen, and where it leads. */
interface Numbered {
  readonly text: string;
  readonly href: string;
  /** What it counts, as its cell says. */
  readonly name: string;
}

/** Words that may follow a number within its link. */
const NUMBER = /^(Errors)?[\d,]+( parked| queued| rejected| open| accepted| applied| of \w+ queued)?$/;

async function numbersOn({ page, show }: Opened, screen: string): Promise<readonly Numbered[]> {
  await show(screen);
  const links = (await page.evaluate(
    `[...document.querySelectorAll("a")].map((one) => ({
      text: one.textContent, href: one.getAttribute("href"),
      name: one.closest("[data-name]")?.dataset.name ?? "" }))`,
  )) as readonly Numbered[];
  return links.filter(({ text }) => NUMBER.test(text));
}

/** The ids of the messages of a list, through all its pages. */
async function idsAt({ page, show }: Opened, href: string): Promise<readonly string[]> {
  await show(href);
  const ids: string[] = [];
  for (;;) {
    ids.push(
      ...(await page
        .locator("tr[data-id]")
        .evaluateAll((rows) =>
          rows.map((row) => (row as unknown as { dataset: Record<string, string> }).dataset["id"] ?? ""),
        )),
    );
    const older = page.getByRole("button", { name: "Older" });
    if ((await older.count()) === 0) return ids;
    const url = page.url();
    await older.click();
    await page.waitForURL((now) => now.href !== url);
    await loaded(page);
  }
}

const sum = (texts: readonly string[]): number =>
  texts.reduce((total, one) => total + Number(one.replaceAll(",", "")), 0);

/** How much the list at an address holds: messages, failed ones by cause, or rows of files as their books have them. */
async function held(opened: Opened, { href, name }: Numbered): Promise<number> {
  const { page, show } = opened;
  const { pathname } = new URL(href, bench.url);
  if (pathname === "/messages") return (await idsAt(opened, href)).length;
  await show(href);
  if (pathname === "/errors")
    return sum(await page.locator("tr[data-fingerprint] td[data-name=messages]").allTextContents());
  if (name === "received") return sum(await page.locator("td[data-name=rows]").allTextContents());
  const books = (await page.locator("tbody tr").allInnerTexts()).join(" ");
  const ends = name === "sent" ? "applied" : "filtered|unchanged|stale|superseded|discarded";
  return sum([...books.matchAll(new RegExp(`([\\d,]+)\\s+(${ends})`, "g"))].map(([, n = ""]) => n));
}

const SCREENS = [
  "/",
  "/flows",
  "/flows?view=graph",
  "/flows/orders",
  "/flows/customers",
  "/errors",
  "/errors?state=rejected",
  "/files",
  "/files/2",
  "/systems",
];

test("every number that leads to a list leads to exactly as many", async () => {
  const opened = await openPage(browser, bench.url);
  const found: Record<string, readonly string[]> = {};
  let followed = 0;
  for (const screen of SCREENS) {
    const wrong: string[] = [];
    for (const one of await numbersOn(opened, screen)) {
      const there = await held(opened, one);
      followed += 1;
      if (there !== sum([/[\d,]+/.exec(one.text)?.[0] ?? ""]))
        wrong.push(`${one.text} leads to ${there} at ${one.href}`);
    }
    if (wrong.length > 0) found[screen] = wrong;
  }
  await opened.close();
  expect(found).toEqual({});
  expect(followed).toBeGreaterThan(50);
});

test("the numbers of Overview and Flows lead to exactly the messages they count", async () => {
  const opened = await openPage(browser, bench.url);
  const { longAgo, applied, unchanged, filtered, stale, noCity, noZip, queued, held, waiting, late, now } =
    ids;
  const [a, b, c, parkedThere, waitsThere] = applied as readonly [string, string, string, string, string];
  const parked = [...noCity, ...noZip, parkedThere];
  const open = [...parked, ...queued, ...held, ...waiting, waitsThere];
  const ended = [...applied, ...unchanged, ...filtered, ...stale, ...now];
  const wanted: Readonly<Record<string, readonly (readonly string[])[]>> = {
    received: [[...ended, ...noCity, ...noZip, ...queued, ...held, ...waiting]],
    filtered: [[...unchanged, ...filtered, ...stale]],
    sent: [
      [...applied, ...late, ...now],
      [a, b, c, ...longAgo.slice(0, 1)],
    ],
    queued: [open, open],
    errored: [parked],
    // To billing, on the screen of flows.
    "": [[parkedThere, waitsThere]],
  };
  const found: Record<string, (readonly string[])[]> = {};
  for (const screen of ["/", "/flows"])
    for (const { href, name, text } of await numbersOn(opened, screen))
      if (/^\/messages\?.*flow=orders/.test(href) && !text.startsWith("Errors"))
        found[name] = [...(found[name] ?? []), (await idsAt(opened, href)).toSorted()];
  await opened.close();
  // What needs a person, on Overview, says what is parked and what has waited for long once more.
  const rest = (found[""] ?? []).filter((one) => one.length < parked.length);
  expect({ ...found, "": rest }).toEqual(
    Object.fromEntries(
      Object.entries(wanted).map(([name, lists]) => [name, lists.map((one) => one.toSorted())]),
    ),
  );
});

test("the numbers of Overview are those of the seeded messages, and say since when", async () => {
  const opened = await openPage(browser, bench.url);
  await opened.show("/");
  const cells = async (name: string): Promise<readonly string[]> =>
    (await opened.page.locator(`td[data-name=${name}]`).allInnerTexts()).map((text) =>
      text.replace(/\s+/g, " "),
    );
  expect(await cells("received")).toEqual(["30", "49"]);
  expect(await cells("filtered")).toEqual(["7 crm.customer", "3"]);
  expect(await cells("queued")).toEqual(["15", "0"]);
  expect(await cells("sent")).toEqual(["11 crm.customer 4 billing.invoice", "40"]);
  expect(await cells("errored")).toEqual(["9 parked", "6 rejected"]);
  await opened.page.getByText(/^since .* now$/).waitFor();
  await opened.close();
});
