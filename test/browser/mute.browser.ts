import { expect, test } from "vitest";
import { browser, few } from "./few.ts";
import { openPage } from "./page.ts";
import { HOUR } from "./rows.ts";

test("a cause of errors is muted by keys alone, leaves what needs a person, and is shown as muted", async () => {
  const { page, ...opened } = await openPage(browser, few.url);
  await opened.show("/errors");
  const group = page.locator("tr[data-fingerprint]");
  await group.first().waitFor();
  expect(await page.locator("nav.rail .count").textContent()).toBe("2");
  const fingerprint = (await group.first().getAttribute("data-fingerprint")) ?? "";
  await group.first().getByRole("button", { name: "Mute…" }).focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("For how long").selectOption({ label: "until the flow changes" });
  await page.getByLabel("Reason, for the audit log").fill("the shop mends it");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(few.engine.acts.at(-1)).toMatchObject({
    ...{ act: "muteErrors", by: { reason: "the shop mends it" } },
    args: [{ flow: "orders", fingerprint, route: null }, null],
  });

  const until = Date.now() + HOUR;
  await few.store.transaction((tx) =>
    tx.mutes.set({ flow: 1, route: null, fingerprint, until, by: "ada", at: Date.now() }),
  );
  await opened.show("/");
  const needs = page.locator("section", { has: page.getByRole("heading", { name: "Needs you" }) });
  await needs.getByText("is stopped").first().waitFor();
  expect(await needs.getByText("parked").count()).toBe(0);
  expect(await page.locator("td[data-name=errored]").first().textContent()).toContain("2 parked");
  await opened.show("/errors");
  await page.getByText("Nothing is parked that is not muted.").waitFor();
  expect(await page.locator("nav.rail .count").count()).toBe(0);
  await page.getByText("Muted", { exact: true }).click();
  await page.waitForURL("**/errors?state=muted");
  await page.getByText(/^muted by ada until/).waitFor();
  await group.first().getByRole("button", { name: "Unmute" }).click();
  await expect.poll(() => few.engine.acts.at(-1)?.act).toBe("unmuteErrors");
  expect(opened.faults).toEqual([]);
  await opened.close();
});
