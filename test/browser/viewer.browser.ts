import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { browser, few } from "./few.ts";
import { barriers, cutOff } from "./judge.ts";
import { ADDRESSES, openPage } from "./page.ts";
import { openEmpty, VIEWER } from "./seed.ts";

/** What acts on the hub; a viewer is offered none of it. */
const LEVERS =
  /^(Pause|Resume|Replay|Park|Discard|Run now|Test the connection|Acknowledge|Mute|Unmute|Send a test|Publish|Take back|Roll back|Reveal|Revoke|Disable|Make key|Add user|Verify|Ring me)/;
/** What the seeded hub holds that is personal or a payload; as a viewer sees it, it is masked or not there. */
const PRIVATE = ["1234567", "ada@example.org", "9999999"];

async function wrongFor(page: Page): Promise<readonly string[]> {
  const text = (await page.locator("main").textContent()) ?? "";
  const buttons = await page.locator("main").getByRole("button", { name: LEVERS }).allTextContents();
  return [
    ...(await barriers(page)),
    ...(await cutOff(page)),
    ...PRIVATE.filter((one) => text.includes(one)).map((one) => `${one} is not masked`),
    ...buttons.map((name) => `the lever ${name} is offered`),
  ];
}

test("a viewer sees every screen without levers and masked, and no request is refused", async () => {
  const opened = await openPage(browser, few.url, { as: VIEWER });
  const found: Record<string, readonly string[]> = {};
  let refused: string[] = [];
  opened.page.on("response", (answer) => {
    if (answer.status() === 403) refused.push(`refused: ${answer.request().method()} ${answer.url()}`);
  });
  for (const [name, address] of Object.entries(ADDRESSES)) {
    await opened.show(address);
    const wrong = [...(await wrongFor(opened.page)), ...opened.faults.splice(0), ...refused];
    if (wrong.length > 0) found[name] = wrong;
    refused = [];
  }
  await opened.close();
  expect(found).toEqual({});
});

test("what is not a viewer's is not in the rail, and says at its address whom it is for", async () => {
  const opened = await openPage(browser, few.url, { as: VIEWER });
  const { page } = opened;
  expect(await page.locator("nav.rail a").allTextContents()).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/Admin|Audit|Agent/)]),
  );
  const said = async (address: string): Promise<string | null> => {
    await opened.show(address);
    return page.getByRole("note").first().textContent();
  };
  expect(await said("/admin")).toContain("This is for administrators.");
  expect(await said("/audit")).toContain("This is for administrators.");
  expect(await said("/agent")).toContain("Calls are for agents");
  expect(await said("/messages/m-2")).toContain("Payloads are for engineers");
  expect(await said("/flows/orders/mapping")).toContain("changed by engineers and administrators");
  await opened.close();
});

test("an administrator adds a user and a key, who is masked no more once payloads are opened, and verifies the log", async () => {
  const bench = await openEmpty();
  const { page, ...opened } = await openPage(browser, bench.url);
  await opened.show("/admin");
  await page.getByText("Nobody has an account yet").waitFor();
  await page.getByLabel("Name of a new user").fill("Ida");
  await page.getByLabel("Password of the new user").fill("a long enough password");
  await page.getByRole("button", { name: "Add user" }).click();
  await page.getByLabel("ida sees payloads whatever the role").click();
  await page.locator("input[aria-label^=ida]:checked").waitFor();
  await page.getByLabel("Name of a new key").fill("nightly report");
  await page.getByRole("button", { name: "Make key" }).click();
  await page.getByText("Copy it now, it is shown this once").waitFor();
  await page
    .getByRole("row", { name: /nightly report/ })
    .getByRole("button", { name: "Revoke" })
    .click();
  await page.getByText("revoked").waitFor();
  await page.getByRole("button", { name: "Verify" }).click();
  await page.getByText(/^All 4 entries fit/).waitFor();
  await opened.show("/audit");
  const acts = await page.locator("tbody tr td:nth-child(3)").allTextContents();
  expect(acts).toHaveLength(4);
  expect(await bench.queries.access.user("ida")).toMatchObject({ role: "viewer", payloads: true });
  expect(opened.faults).toEqual([]);
  await opened.close();
  await bench.close();
});
