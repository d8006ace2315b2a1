import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Failure } from "../../src/errors.ts";
import type { NewMessage } from "../../src/store/message-table.ts";
import { type Bench, flowDefinition, flowStatus, openBench } from "../api/setup.ts";
import { openBrowser } from "./chromium.ts";
import { type Opened, openPage } from "./page.ts";
import { file, HOUR, message, NOW } from "./rows.ts";

let browser: Browser;
let bench: Bench;

beforeAll(async () => {
  [browser, bench] = await Promise.all([openBrowser(), openCounted()]);
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await bench?.close();
});

function many(n: number, change: Partial<NewMessage>): readonly NewMessage[] {
  return Array.from({ length: n }, (_, at) => message({ key: `k${at % 3}`, ...change }));
}

function failure(field: string): Failure {
  return { code: "TL_ACCEPTS_FAILED", message: `no ${field}`, place: { field: `/${field}` } };
}

const ended = (n: number, outcome: string): readonly NewMessage[] =>
  many(n, { state: "done", outcomes: { "crm.customer": outcome } });

/** What is under way or at rest in each flow. */
const OPEN = { orders: 13, customers: 0 };

/** A hub whose counts are those of its messages: each number differs from all others. */
async function openCounted(): Promise<Bench> {
  const opened = await openBench({
    entries: (["orders", "customers"] as const).map((name, index) => ({
      definition: flowDefinition(name),
      status: flowStatus(index + 1, name, {
        open: OPEN[name],
        routes: [{ to: "down.notes", stopped: null, waitingUntil: null, open: OPEN[name] }],
      }),
    })),
  });
  await opened.store.transaction(async (tx) => {
    for (const name of ["orders", "customers"])
      await tx.flows.deploy(name, name.padEnd(64, "0"), {}, ["crm.customer"], NOW);
    await tx.messages.insert([
      ...many(2, { state: "done", outcomes: { "crm.customer": "applied" }, acceptedAt: NOW - 40 * HOUR }),
      ...ended(9, "applied"),
      ...ended(4, "unchanged"),
      ...ended(2, "filtered"),
      ...ended(1, "stale"),
      ...many(5, { state: "parked", failure: failure("city") }),
      ...many(3, { state: "parked", failure: failure("zip") }),
      ...many(2, { state: "queued" }),
      ...many(2, { state: "held" }),
      ...many(1, { state: "waiting", nextAt: NOW + HOUR }),
    ]);
    await tx.tallies.add(NOW - HOUR, [
      { flow: 1, route: 0, outcome: "accepted", n: 29 },
      ...Object.entries({ applied: 9, unchanged: 4, filtered: 2, stale: 1, parked: 8 }).map(
        ([outcome, n]) => ({ flow: 1, route: 1, outcome, n }) as const,
      ),
      { flow: 2, route: 0, outcome: "accepted", n: 46 },
      { flow: 2, route: 2, outcome: "applied", n: 40 },
      { flow: 2, route: 2, outcome: "rejected", n: 6 },
    ]);
    const id = await tx.files.insert(file({ flow: 2 }));
    const books = { "crm.customer": { applied: 40, rejected: 6 } };
    await tx.files.checkpoint(id, { rows: 46, offset: 2400, context: null, books });
    await tx.messages.insert(
      Array.from({ length: 6 }, (_, row) =>
        message({
          ...{
            flow: 2,
            key: `r${row}`,
            body: null,
            contentType: null,
            state: "done",
            failure: failure("name"),
          },
          ...{ outcomes: { "crm.customer": "rejected" } },
          slice: { file: id, row, line: row + 1, offset: 0, length: 6 },
        }),
      ),
    );
  });
  return opened;
}

/** How much the list at an address holds: messages, their keys, or failed ones by cause; of files what their books say. */
async function held({ page, show }: Opened, { href, keys, text }: Numbered): Promise<number | string> {
  await show(href);
  if (new URL(page.url()).pathname === "/files") {
    const books = (await page.locator("tbody tr").allInnerTexts()).join(" ");
    return new RegExp(`\\b${text}\\b`).test(books) || text === "0" ? Number(text) : books;
  }
  if (new URL(page.url()).pathname === "/errors") {
    const counts = await page.locator("tr[data-fingerprint] td[data-name=messages]").allTextContents();
    return counts.reduce((sum, one) => sum + Number(one), 0);
  }
  if ((await page.getByRole("button", { name: "Older" }).count()) > 0)
    throw new Error("there are more pages");
  const found = keys ? "tr[data-id] td:nth-child(4)" : "tr[data-id]";
  const texts = await page.locator(found).allTextContents();
  return keys ? new Set(texts).size : texts.length;
}

interface Numbered {
  readonly text: string;
  readonly href: string;
  readonly keys: boolean;
}

const SCREENS = [
  "/",
  "/flows",
  "/flows/orders",
  "/errors",
  "/errors?state=rejected",
  "/files",
  "/files/1",
  "/systems",
];

test("every number that leads to a list leads to exactly as many", async () => {
  const opened = await openPage(browser, bench.url);
  const found: Record<string, readonly string[]> = {};
  let followed = 0;
  for (const screen of SCREENS) {
    await opened.show(screen);
    const links = (await opened.page.evaluate(
      `[...document.querySelectorAll("a")].map((one) => ({
        text: one.textContent, href: one.getAttribute("href"), keys: one.closest("[data-name=keys]") !== null }))`,
    )) as readonly Numbered[];
    const wrong: string[] = [];
    for (const one of links.filter(({ text }) =>
      /^(Errors)?[\d,]+( parked| queued| of \w+ queued)?$/.test(text),
    )) {
      const n = Number(/[\d,]+/.exec(one.text)?.[0].replace(",", ""));
      const there = await held(opened, one);
      followed += 1;
      if (there !== n) wrong.push(`${one.text} leads to ${there} at ${one.href}`);
    }
    if (wrong.length > 0) found[screen] = wrong;
  }
  await opened.close();
  expect(found).toEqual({});
  expect(followed).toBeGreaterThan(30);
});

test("the numbers of Overview are those of the seeded messages, and say since when", async () => {
  const opened = await openPage(browser, bench.url);
  await opened.show("/");
  const cells = async (name: string): Promise<readonly string[]> =>
    opened.page.locator(`td[data-name=${name}]`).allTextContents();
  expect(await cells("received")).toEqual(["29", "46"]);
  expect(await cells("filtered")).toEqual(["7", "0"]);
  expect(await cells("queued")).toEqual(["13", "0"]);
  expect(await cells("sent")).toEqual(["9", "40"]);
  expect(await cells("errored")).toEqual(["8", "6"]);
  await opened.page.getByText(/^since .* now$/).waitFor();
  await opened.close();
});
