import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Exchange } from "../../src/message/exchange.ts";
import type { Attempt } from "../../src/store/delivery-table.ts";
import { type Bench, flowDefinition, flowStatus, openBench } from "../api/setup.ts";
import { openBrowser } from "./chromium.ts";
import { barriers, cutOff } from "./judge.ts";
import { type Look, type Opened, openPage } from "./page.ts";
import { delivery, HOUR, message, NOW } from "./rows.ts";

const MAP = "mappings/orders/order.jsonata";
const TEXT =
  '{\n  "no": id,\n  "lines": lines.{ "sku": sku, "sum": price * count },\n  "owner": owner.name,\n  "kind": "order"\n}\n';
const ORDER = {
  id: "4711",
  lines: [
    { sku: "A-1", price: 2, count: 3, weight: 0.4 },
    { sku: "B-2", price: 5, count: 1, weight: 1.2 },
  ],
  owner: { name: "Ada Lovelace", email: "ada@analytical.example" },
};

let browser: Browser;
let bench: Bench;
let opened: Opened;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser();
  const orders = flowDefinition("orders", {
    ...{ map: MAP, key: "id", routes: [{ to: "billing.order", when: null, onPark: "block" }] },
    texts: { "mappings/orders/flow.yaml": "x", [MAP]: TEXT },
  });
  bench = await openBench({ entries: [{ definition: orders, status: flowStatus(1, "orders") }] });
  await bench.store.transaction(async (tx) => {
    await tx.flows.deploy("orders", "hash-orders", orders.texts, ["billing.order"], Date.now() - HOUR);
    const body = Buffer.from(JSON.stringify(ORDER));
    const json = { contentType: "application/json", headers: { "x-sender": "shop" } };
    await tx.messages.insert([
      message({ ...json, body, key: "4711", state: "done" }),
      message({
        ...json,
        body: Buffer.from(JSON.stringify({ id: "big", text: "x".repeat(200_000) })),
        key: "big",
      }),
      message({ ...json, body: Buffer.from('{"id":'), key: null, state: "parked" }),
      message({ ...json, body, key: "away", state: "done" }),
    ]);
    const sent = { body: Buffer.from('{"no":"4711"}'), createdAt: Date.now() };
    await tx.deliveries.insert([
      delivery(1, 1, { ...sent, key: "4711" }),
      delivery(4, 1, { ...sent, key: "away", createdAt: NOW - HOUR }),
      delivery(4, 1, { ...sent, key: "away", createdAt: NOW - HOUR, replay: 1 }),
    ]);
    const at = Date.now() - 5_000;
    const exchange: Exchange = {
      sent: {
        line: "POST https://billing.example.com/orders",
        fields: { "content-type": "application/json", authorization: "Bearer •••" },
        body: "delivery",
      },
      answered: {
        line: "503",
        fields: { "retry-after": "30" },
        body: { text: "closed for lunch", size: 16 },
      },
    };
    await tx.deliveries.attempts([
      {
        ...{
          delivery: 1,
          attempt: 1,
          startedAt: at,
          endedAt: at + 90,
          code: "TL_TARGET_BUSY",
          answer: "503",
        },
        exchange,
      },
      {
        ...{ delivery: 1, attempt: 2, startedAt: at + 900, endedAt: null, code: null, answer: null },
        exchange: null,
      },
      ...often(2, 120, exchange),
      ...often(3, 60, exchange),
      {
        ...{ delivery: 1, attempt: 3, startedAt: at + 1_900, endedAt: at + 2_000, answer: null },
        ...{ code: "TL_TARGET_UNAVAILABLE", exchange: null },
      },
    ]);
  });
}, 240_000);
afterAll(async () => {
  await bench?.close();
  await browser?.close();
});
afterEach(async () => {
  expect(opened.faults).toEqual([]);
  await opened.close();
});
beforeEach(async () => {
  opened = await openPage(browser, bench.url);
  ({ page } = opened);
});

/** Attempts of a delivery whose target is away, one each second: they do not count, so all are the first. */
function often(of: number, count: number, exchange: Exchange): readonly Attempt[] {
  return Array.from({ length: count }, (_, n) => ({
    ...{ delivery: of, attempt: 1, startedAt: NOW - HOUR + n * 1_000, endedAt: NOW - HOUR + n * 1_000 + 9 },
    ...{ code: "TL_TARGET_UNAVAILABLE", answer: `no ${n + 1}`, exchange },
  }));
}

const result = () => page.getByRole("listbox", { name: "Result of the mapping" });
const record = () => page.getByRole("listbox", { name: "Record, as decoded" });
const origin = () => page.getByRole("status", { name: "Where the field comes from" });
const standOut = () => record().locator(".from").allTextContents();

test("pointing at a field of the result shows its line in the mapping and the source fields behind it", async () => {
  await opened.show("/messages/m-1");
  await result().getByText('"sum": 6').hover();
  await origin().getByText(`${MAP}:3`).waitFor();
  expect(await origin().locator("code").first().textContent()).toContain('"sum": price * count');
  expect(await standOut()).toEqual(['"price": 2,', '"count": 3,', '"price": 5,', '"count": 1,']);
  await result().getByText('"kind": "order"').hover();
  await origin().getByText("from no field").waitFor();
});

test("the arrow keys step through the result as the mouse does", async () => {
  await opened.show("/messages/m-1");
  await result().locator("[role=option]").first().focus();
  await page.keyboard.press("ArrowDown");
  await origin().getByText(`${MAP}:2`).waitFor();
  expect(await standOut()).toEqual(['"id": "4711",']);
});

test("pointing at a source field shows where it goes, and what nothing reads is grey", async () => {
  await opened.show("/messages/m-1");
  await record().getByText('"name": "Ada Lovelace",').hover();
  await result().locator(".from").getByText('"owner": "Ada Lovelace",').waitFor();
  expect(await record().locator(".unread").allTextContents()).toEqual([
    '"weight": 0.4',
    '"weight": 1.2',
    '"email": "ada@analytical.example"',
  ]);
});

test("input and output are laid side by side as a diff", async () => {
  await opened.show("/messages/m-1");
  await page.getByText("diff input → output").click();
  await page.locator(".payload .add").getByText('"kind": "order"').waitFor();
  await page.locator(".payload .del").getByText('"weight": 0.4').first().waitFor();
});

test("a long payload shows its first 64 KB, and all of it when asked", async () => {
  await opened.show("/messages/m-2");
  await page.getByText("raw", { exact: true }).click();
  await page.getByText("first 64 KB of 195 KB").waitFor();
  await page.getByRole("button", { name: "Load all" }).click();
  await page.getByText("first 64 KB of 195 KB").waitFor({ state: "detached" });
});

test("a message that cannot be decoded shows its bytes and why", async () => {
  await opened.show("/messages/m-3");
  await page.getByText("TL_DECODE_FAILED").waitFor();
  await page.locator("pre.payload").getByText('{"id":', { exact: true }).waitFor();
});

test("j steps through the attempts, and one that was begun and not ended is in doubt", async () => {
  await opened.show("/messages/m-1");
  for (const step of ["TL_TARGET_UNAVAILABLE", "in doubt", "TL_TARGET_BUSY"]) {
    await page.keyboard.press("j");
    await page.locator("tr:focus-within").getByText(step).waitFor();
  }
  await page.keyboard.press("k");
  await page.locator("tr:focus-within").getByText("in doubt").waitFor();
});

test("many attempts are shown page by page, the newest first, each delivery by itself", async () => {
  await opened.show("/messages/m-4");
  await page.getByText("70 earlier attempts").waitFor();
  await page.getByText("10 earlier attempts").waitFor();
  const pages = page.getByRole("navigation", { name: "Attempts of m-4.billing.order", exact: true });
  const card = page.locator(".card").filter({ has: pages });
  const begins = (answer: string) => card.locator("tbody tr").first().getByText(answer).waitFor();
  await begins("no 120");
  await pages.getByRole("button", { name: "Older" }).focus();
  for (const answer of ["no 70", "no 20"]) {
    await page.keyboard.press("Enter");
    await begins(answer);
  }
  await pages.getByText("nothing older").waitFor();
  expect(await card.locator("tbody tr").count()).toBe(20);
  await card.getByRole("button", { name: "Show what attempt 1 sent" }).last().click();
  await card.getByText("POST https://billing.example.com/orders").waitFor();
  const other = page.getByRole("navigation", { name: "Attempts of m-4.billing.order.r1" });
  await other.getByText("50 on this page").waitFor();
  expect([...(await barriers(page)), ...(await cutOff(page))]).toEqual([]);
  await pages.getByRole("button", { name: "Back" }).click();
  await begins("no 70");
  await other.getByRole("button", { name: "Older" }).click();
  await other.getByText("10 on this page").waitFor();
  await begins("no 70");
  await pages.getByRole("button", { name: "Newest" }).click();
  await begins("no 120");
});

test("the code of an attempt stays in one piece where three panes have the least room", async () => {
  await page.setViewportSize({ width: 1214, height: 860 });
  await opened.show("/messages/m-1");
  const lines = await page.evaluate(
    `[...document.querySelectorAll(".panes td .mono")].map((one) => {
      const range = document.createRange();
      range.selectNodeContents(one);
      return [one.textContent.trim(), range.getClientRects().length];
    })`,
  );
  expect(lines).toEqual([
    ["TL_TARGET_UNAVAILABLE", 1],
    ["TL_TARGET_BUSY", 1],
  ]);
  expect(await cutOff(page)).toEqual([]);
});

test("an attempt opens to what it sent and what came back, and one from before says that nothing is kept", async () => {
  await opened.show("/messages/m-1");
  const attempts = page.getByRole("row");
  await attempts.filter({ hasText: "in doubt" }).getByText("not kept").waitFor();
  await page.getByRole("button", { name: "Show what attempt 1 sent" }).focus();
  await page.keyboard.press("Enter");
  const sent = page.getByRole("region", { name: "Sent", exact: true });
  await sent.getByText("POST https://billing.example.com/orders").waitFor();
  await sent.getByText("Bearer •••").waitFor();
  await sent.locator("pre.payload").getByText('"no": "4711"').waitFor();
  const answered = page.getByRole("region", { name: "Answered", exact: true });
  await answered.getByText("closed for lunch").waitFor();
  await page.getByRole("button", { name: "Copy request as curl" }).click();
  await page.getByText("copied; secrets are variables of the shell").waitFor();
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe(
    [
      "curl -X POST 'https://billing.example.com/orders'",
      "-H 'content-type: application/json'",
      `-H 'authorization: Bearer '"$AUTHORIZATION"''`,
      `--data-raw '{"no":"4711"}'`,
    ].join(" \\\n  "),
  );
  expect([...(await barriers(page)), ...(await cutOff(page))]).toEqual([]);
  await page.getByRole("button", { name: "Hide what attempt 1 sent" }).click();
  await sent.waitFor({ state: "detached" });
});

test("the link and the curl line are copied as they are to be used", async () => {
  await opened.show("/messages/m-1");
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.getByText("link copied").waitFor();
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe(`${bench.url}/messages/m-1`);
  await page.getByRole("button", { name: "Copy as curl" }).click();
  await page.getByText("curl copied").waitFor();
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe(
    `curl -H "Authorization: Bearer $TIELINE_TOKEN" '${bench.url}/api/v1/messages/m-1/raw?all=true' -o 'm-1.bin'`,
  );
});

test("an edited copy is tried dry, then replayed as a new message", async () => {
  await opened.show("/messages/m-1");
  await page.getByRole("button", { name: "Replay edited…" }).click();
  const dialog = page.getByRole("dialog");
  const body = dialog.getByRole("textbox", { name: "Body of m-1" });
  await body.click();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText('{"id":"4711","owner":{}');
  const replay = dialog.getByRole("button", { name: "Replay as a new message" });
  const dryRun = dialog.getByRole("button", { name: "Dry run" });
  await dryRun.click();
  await dialog.getByText("TL_DECODE_FAILED").waitFor();
  expect(await replay.isDisabled()).toBe(true);
  await body.click();
  await page.keyboard.press("Control+End");
  await page.keyboard.insertText("}");
  await dryRun.click();
  await dialog.getByText("It would go to billing.order. Nothing is stored yet.").waitFor();
  expect([...(await barriers(page)), ...(await cutOff(page))]).toEqual([]);
  await dialog.getByLabel("Reason, for the audit log").fill("the owner was wrong");
  await replay.click();
  await dialog.getByText("m-1 is as it was").waitFor();
  const [act] = bench.engine.acts.filter((one) => one.act === "replayEdited");
  expect(act?.by.reason).toBe("the owner was wrong");
  expect(act?.args).toEqual(["m-1", { body: Buffer.from('{"id":"4711","owner":{}}'), allowStale: false }]);
});

test("a message is added as a case, with what was disguised shown and the run green", async () => {
  await opened.show("/messages/m-1");
  await page.getByRole("button", { name: "Add as case…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("pass", { exact: true }).waitFor();
  expect(await dialog.locator("pre").last().textContent()).not.toMatch(/4711|Ada|Lovelace|analytical/i);
  await dialog.getByText("values are disguised").click();
  await dialog.getByText("/owner/email").waitFor();
  await dialog.getByLabel("What the case is about").fill("two lines");
  await dialog.getByText("mappings/orders/cases/two-lines.json").waitFor();
  expect([...(await barriers(page)), ...(await cutOff(page))]).toEqual([]);
  await page.screenshot({ path: "results/screenshots/message-case.png" });
  const downloading = page.waitForEvent("download");
  await dialog.getByRole("link", { name: "Download" }).click();
  expect((await downloading).suggestedFilename()).toBe("two-lines.json");
  await dialog.getByRole("button", { name: "Add to the project" }).click();
  await dialog.getByText("is written").waitFor();
  const [act] = bench.engine.acts.filter((one) => one.act === "addCase");
  expect(act?.args).toEqual([expect.objectContaining({ flow: "orders", file: "two-lines.json" })]);
});

const LOOKS: Readonly<Record<string, Look>> = {
  light: {},
  dark: { scheme: "dark" },
  "on a phone": { width: 400 },
};
test.each(Object.entries(LOOKS))("everybody can use the message screen, %s", async (name, look) => {
  const other = await openPage(browser, bench.url, look);
  for (const id of ["m-1", "m-2", "m-3", "m-4"]) {
    await other.show(`/messages/${id}`);
    expect([...(await barriers(other.page)), ...(await cutOff(other.page)), ...other.faults]).toEqual([]);
  }
  await other.show("/messages/m-1");
  await other.page.getByText('"sum": 6').hover();
  await other.page.screenshot({ path: `results/screenshots/message-panes-${name}.png`, fullPage: true });
  await other.close();
});
