import type { Locator } from "playwright-core";
import { expect, test } from "vitest";
import { browser, few } from "./few.ts";
import { openPage } from "./page.ts";
import { openEmpty } from "./seed.ts";

test("a session that has ended leads to signing in", async () => {
  const opened = await openPage(browser, few.url);
  await opened.page.context().clearCookies();
  await opened.page.goto(`${few.url}/errors`);
  await opened.page.getByRole("button", { name: "Sign in with the token of the hub" }).click();
  await opened.page.getByLabel("Token of the hub").fill("tl_wrong");
  await opened.page.keyboard.press("Enter");
  await opened.page.getByText("this is not the token of the hub").waitFor();
  await opened.close();
});

test("on a phone the way to the screen that is shown is in sight", async () => {
  const opened = await openPage(browser, few.url, { width: 390 });
  for (const [address, name] of [
    ["/admin", "Admin"],
    ["/", "Overview"],
  ] as const) {
    await opened.show(address);
    await expect
      .poll(async () => {
        const box = await opened.page.locator("nav.rail").getByRole("link", { name }).boundingBox();
        return box !== null && box.x >= 0 && box.x + box.width <= 390;
      })
      .toBe(true);
  }
  await opened.close();
});

test("every filter shows exactly its messages", async () => {
  const opened = await openPage(browser, few.url);
  const ids = async (query: string): Promise<readonly (string | null)[]> => {
    await opened.show(`/messages?${query}`);
    const rows = await opened.page.locator("tr[data-id]").all();
    return Promise.all(rows.map((row) => row.getAttribute("data-id")));
  };
  expect(await ids("state=parked")).toEqual(["m-3", "m-2"]);
  expect(await ids("state=held")).toEqual(["m-4"]);
  expect(await ids("state=waiting")).toEqual(["m-5"]);
  expect(await ids("state=open")).toEqual(["m-7", "m-5", "m-4", "m-3", "m-2", "m-1"]);
  expect(await ids("flow=calls")).toEqual(["m-6", "m-5"]);
  expect(await ids("key=k2")).toEqual(["m-4", "m-3"]);
  expect(await ids("code=TL_DECODE_FAILED")).toEqual(["m-6"]);
  expect(await ids("outcome=rejected")).toEqual(["m-68", "m-6"]);
  expect(await ids("state=rejected")).toEqual(["m-68", "m-6"]);
  expect(await ids("flow=orders&state=parked&key=k2")).toEqual(["m-3"]);
  expect(await ids("since=15m")).toEqual([]);
  expect((await ids("since=24h")).length).toBe(50);
  await opened.close();
});

test("every filter of files, customers, errors and alerts shows exactly what it names", async () => {
  const opened = await openPage(browser, few.url);
  const shown = async (address: string, what: string): Promise<readonly (string | null)[]> => {
    await opened.show(address);
    const found = await opened.page.locator(`tr [data-row], tr[data-alert]`).all();
    return (await Promise.all(found.map((one) => one.getAttribute(what)))).sort();
  };
  const files = (query: string) => shown(`/files?${query}`, "href");
  expect(await files("")).toEqual(["/files/1", "/files/2", "/files/3", "/files/4", "/files/5"]);
  for (const [index, state] of ["running", "stopped", "done", "rejected", "duplicate"].entries())
    expect(await files(`state=${state}`)).toEqual([`/files/${index + 1}`]);
  expect(await files("flow=calls")).toEqual(["/files/5"]);
  expect(await files("flow=calls&state=done")).toEqual([]);
  const written = async (query: string) => {
    await opened.show(`/files/written?${query}`);
    const rows = await opened.page.locator("tr[data-written]").all();
    return Promise.all(rows.map((row) => row.getAttribute("data-written")));
  };
  expect(await written("")).toEqual(["4", "3", "2", "1"]);
  for (const [index, state] of ["done", "written", "open", "fixed"].entries())
    expect(await written(`state=${state}`)).toEqual([`${index + 1}`]);
  expect(await written("flow=calls")).toEqual([]);
  const unassigned = async (query: string) => {
    await opened.show(`/customers/unassigned?${query}`);
    const rows = await opened.page.locator("tr[data-history]").all();
    return (await Promise.all(rows.map((row) => row.getAttribute("data-history")))).sort();
  };
  expect(await unassigned("entity=payment")).toEqual(["bank payment B2", "bank payment B3"]);
  expect(await unassigned("entity=interaction")).toEqual(["pbx interaction C1"]);
  await opened.page.getByText("call, +49305555555").waitFor();
  const customers = (q: string) => shown(`/customers?q=${encodeURIComponent(q)}`, "href");
  expect(await customers("47")).toEqual(["/customers/c-1", "/customers/c-2", "/customers/c-3"]);
  expect(await customers("zimt")).toEqual(["/customers/c-3"]);
  expect(await customers("+49 30 123")).toEqual(["/customers/c-1", "/customers/c-2"]);
  expect(await customers("nobody")).toEqual([]);
  expect(await shown("/alerts", "data-alert")).toEqual(["1", "2", "3"]);
  expect(await shown("/alerts?state=firing", "data-alert")).toEqual(["2", "3"]);
  const groups = async (query: string) => (await shown(`/errors?${query}`, "href")).length;
  expect(await groups("flow=orders")).toBe(1);
  expect(await groups("flow=calls")).toBe(0);
  expect(await groups("flow=calls&state=rejected")).toBe(1);
  await opened.close();
});

/** Counts what is clicked on the way. */
function clicker() {
  let clicks = 0;
  return {
    clicks: () => clicks,
    async on(what: Locator): Promise<void> {
      clicks += 1;
      await what.click();
    },
  };
}

test("from an order number to the reason of its failure are at most three clicks", async () => {
  const opened = await openPage(browser, few.url);
  const click = clicker();
  await opened.show("/");
  await click.on(opened.page.getByLabel("Search by any id"));
  await opened.page.keyboard.type("k2");
  await opened.page.keyboard.press("Enter");
  await click.on(opened.page.locator("tr[data-id=m-3] [data-row]"));
  await opened.page.getByText("order 2 has no").first().waitFor();
  await opened.page.getByText("What to do:").first().waitFor();
  expect(click.clicks()).toBeLessThanOrEqual(3);
  await opened.close();
});

test("from an alert to a running replay of all it is about are at most five clicks", async () => {
  const opened = await openPage(browser, few.url);
  const click = clicker();
  await opened.show("/alerts");
  await click.on(opened.page.locator("tr[data-alert='3']").getByText("See why"));
  await click.on(opened.page.getByRole("button", { name: /^Replay \d+…$/ }).first());
  await click.on(opened.page.getByRole("dialog").getByRole("button", { name: /^Replay \d+$/ }));
  await opened.page.getByText("on the queue again").waitFor();
  expect(click.clicks()).toBeLessThanOrEqual(5);
  await opened.close();
});

test("a ringing call brings up who it is, and the agent goes from one call to another", async () => {
  const opened = await openPage(browser, few.url);
  await opened.show("/agent");
  await opened.page.getByLabel("Your telephone").selectOption("pbx 101");
  await opened.page.getByRole("heading", { name: "Zimt AG" }).waitFor();
  await opened.page.getByRole("link", { name: "All of c-3" }).waitFor();
  const calls = opened.page.getByRole("region", { name: "Calls" });
  await calls.getByRole("button", { name: "+49 30 1234567" }).click();
  await opened.page.getByText("Several customers have this number").waitFor();
  await opened.page.getByLabel("Muster GmbH (c-1)").check();
  await opened.page.getByRole("link", { name: "All of c-1" }).waitFor();
  await calls.getByRole("button", { name: "+49 30 9999999" }).click();
  await opened.page.getByText("Nobody is known with this number.").waitFor();
  expect(opened.faults).toEqual([]);
  await opened.close();
});

test("an empty hub says how to begin, until something has crossed or it is put away", async () => {
  const empty = await openEmpty();
  const opened = await openPage(browser, empty.url);
  await opened.show("/");
  const steps = opened.page.getByRole("region", { name: "First steps" });
  await steps.getByLabel("Name", { exact: true }).fill("shop-orders");
  await steps.getByLabel("Reads from").selectOption("down");
  await steps.getByText("npx tieline new flow shop-orders --from down.orders").waitFor();
  await steps.getByRole("button", { name: "Put away" }).click();
  await steps.waitFor({ state: "detached" });
  await opened.close();
  const other = await openPage(browser, few.url);
  await other.show("/");
  expect(await other.page.getByRole("region", { name: "First steps" }).count()).toBe(0);
  await other.close();
  await empty.close();
});

test("the largest group of errors leads to exactly its messages", async () => {
  const opened = await openPage(browser, few.url);
  await opened.show("/errors");
  await opened.page.locator("tr[data-fingerprint] td.number a").first().click();
  await opened.page.locator("tr[data-id=m-3]").waitFor();
  expect(await opened.page.locator("tr[data-id]").count()).toBe(2);
  await opened.close();
});

test("a parked message is replayed by the keyboard alone", async () => {
  const opened = await openPage(browser, few.url);
  const { keyboard } = opened.page;
  await opened.show("/messages?state=parked");
  await opened.page.locator("tr[data-id=m-3]").waitFor();
  await keyboard.press("j");
  await keyboard.press("Enter");
  await opened.page.getByRole("heading", { name: "m-3" }).waitFor();
  await keyboard.press("r");
  await opened.page.getByRole("dialog").getByRole("button", { name: "Replay 2" }).waitFor();
  for (let pressed = 0; pressed < 12; pressed++) {
    const focused = await opened.page.evaluate("document.activeElement?.textContent");
    if (focused === "Replay 2") break;
    await keyboard.press("Tab");
  }
  await keyboard.press("Enter");
  await opened.page.getByText("on the queue again").waitFor();
  expect(few.engine.acts.at(-1)).toMatchObject({
    act: "replay",
    by: { actor: "dashboard" },
    args: [{ messages: ["m-3"] }, { version: "current", allowStale: false }],
  });
  await opened.close();
});

test("filters that were given a name are one click away, also after a reload", async () => {
  const opened = await openPage(browser, few.url);
  await opened.show("/messages?flow=orders&state=parked");
  await opened.page.getByRole("button", { name: "Views" }).click();
  await opened.page.getByLabel("Name for the filters that are set").fill("my orders");
  await opened.page.keyboard.press("Enter");
  await opened.show("/messages");
  await opened.page.getByRole("button", { name: "Views (1)" }).click();
  await opened.page.getByRole("link", { name: "my orders" }).click();
  await opened.page.waitForURL("**/messages?flow=orders&state=parked");
  await opened.page.locator("tr[data-id=m-3]").waitFor();
  await opened.close();
});

test("a mapping is changed in the workbench, tried on the newest messages and published with a note", async () => {
  const opened = await openPage(browser, few.url);
  const { page } = opened;
  await opened.show("/flows/orders/mapping");
  await page.getByLabel("Record, JSON").fill('{ "note": " n " }');
  await page.locator(".workbench pre", { hasText: '"note"' }).waitFor();
  await page.getByLabel("Mapping", { exact: true }).fill('{ "memo": $trim(note) }');
  await page.locator(".workbench pre", { hasText: '"memo"' }).waitFor();
  await page.getByText("Changes", { exact: true }).click();
  await page.getByText(/Of the newest 66 messages 2 change, 1 cannot be read/).waitFor();
  await page.getByRole("button", { name: "Publish…" }).click();
  await page.getByLabel("Note: what changes, and why").fill("a memo it is");
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(few.engine.acts.at(-1)).toMatchObject({ act: "publishMapping", by: { reason: "a memo it is" } });
  expect(opened.faults).toEqual([]);
  await opened.close();
});
