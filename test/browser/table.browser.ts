import { expect, test } from "vitest";
import { applyToCrm } from "../../src/crm/apply-to-crm.ts";
import { item } from "../crm/repository.ts";
import { browser, few } from "./few.ts";
import { openPage } from "./page.ts";
import { NOW } from "./rows.ts";

test("a time says its year where that is not this one in the zone of the page", async () => {
  const opened = await openPage(browser, few.url);
  const { page } = opened;
  const at = async (now: string, address: string, cell: string): Promise<string | null> => {
    await page.clock.setFixedTime(new Date(now));
    await opened.show(address);
    return page.locator(cell).first().textContent();
  };
  const booked = (now: string) => at(now, "/customers/unassigned?entity=payment", "td time");
  expect(await booked("2026-12-31T22:30:00Z")).toBe("26 Nov 01:00:00");
  expect(await booked("2026-12-31T23:30:00Z")).toBe("26 Nov 2026 01:00:00");
  expect(await at("2020-06-01T12:00:00Z", "/schedules", "tbody td")).toMatch(/ 20\d\d,? 03:30 /);
  await opened.close();
});

test("the audit log tells what an act was about in words", async () => {
  const opened = await openPage(browser, few.url);
  await opened.show("/audit");
  const rows = await opened.page.locator("tbody tr").all();
  const cells = await Promise.all(rows.map((row) => row.locator("td").allTextContents()));
  expect(Object.fromEntries(cells.map(([, , act, , detail]) => [act, detail?.trim()]))).toMatchObject({
    "add-user": "role: viewer payloads: no",
    run: "",
    deploy: "before: none after: bbbbbbbb",
    replay: "flow: orders state: parked code: TL_ACCEPTS_FAILED version: current allow stale: no",
  });
  await opened.close();
});

test("the table of a schedule begins below its heading", async () => {
  const opened = await openPage(browser, few.url);
  await opened.show("/schedules");
  const [heading, column] = (await opened.page.evaluate(
    `["main h2", "main th"].map((one) => {
      const range = document.createRange();
      range.selectNodeContents(document.querySelector(one));
      return Math.round(range.getBoundingClientRect().left);
    })`,
  )) as readonly number[];
  expect(column).toBe(heading);
  await opened.close();
});

test("what belongs to nobody says how a call finds its customer, and a call does so", async () => {
  const at = new Date(NOW).toISOString();
  const call = (id: string, phone: string) =>
    item("pbx", { id, at, kind: "call", contact: { phone } }, { entity: "interaction" });
  await few.store.transaction((tx) =>
    applyToCrm([call("C2", "+49301234567"), call("C3", "+49307654321")], tx.crm, NOW),
  );
  const opened = await openPage(browser, few.url);
  const { page } = opened;
  await opened.show("/customers/unassigned?entity=interaction");
  await page
    .getByText("A call or a mail finds its customer by the id it names, else by its number")
    .waitFor();
  const row = (id: string) => page.locator(`tr[data-history="pbx interaction ${id}"]`);
  expect([await row("C2").count(), await row("C3").count()]).toEqual([1, 0]);
  for (const id of ["c-1", "c-2"]) {
    await opened.show(`/customers/${id}`);
    await row("C2").getByText("maybe").waitFor();
  }
  await opened.show("/customers/c-3");
  expect(await row("C3").textContent()).not.toContain("maybe");
  await opened.close();
});
