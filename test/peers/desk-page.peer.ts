import { mkdirSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openBrowser } from "../browser/chromium.ts";
import { until } from "./reading-hub.ts";
import type { TelephonyHub } from "./telephony-hub.ts";
import { ADA, KONRAD, SHARED, startPbx, telephones } from "./telephony-setup.ts";

/** Pictures of what agents saw, to be looked at. */
const PICTURES = "results/screenshots";
/** What a telephone sends when it is picked up. */
const PICKED_UP = /SIP\/2\.0 200 OK[\s\S]*?CSeq: \d+ INVITE/;

let browser: Browser;
let pbx: TelephonyHub;
const faults: string[] = [];
const { call, picksUp, phones } = telephones();

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  [browser, pbx] = await Promise.all([openBrowser(), startPbx()]);
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  for (const phone of phones.splice(0)) await phone.close();
  // The page's own policy is kept, and nothing was thrown.
  expect(faults.splice(0)).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await pbx?.dispose();
});

/** The page of an agent who has begun. */
async function desk(agent: string): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    timezoneId: "Europe/Berlin",
    locale: "en-GB",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (entry) => {
    if (entry.type() === "error") faults.push(entry.text());
  });
  await page.goto(`${pbx.url}/desk`);
  await page.getByLabel("Token").fill(await pbx.token());
  await page.getByLabel("Telephone").fill(agent);
  await page.keyboard.press("Enter");
  await page.getByText("Ready").waitFor();
  return page;
}

const title = (page: Page, text: string) => page.getByRole("heading", { level: 2, name: text });
const picture = (page: Page, name: string) =>
  page.screenshot({ path: `${PICTURES}/desk-${name}.png`, fullPage: true });

test("shows the customer and what to say before the telephone is picked up", async () => {
  const page = await desk("102");
  const agent = await picksUp("102", 4_000);
  const phone = await call({ to: "5550100", number: "030901820", name: "K", talk: 3_000 });
  await title(page, KONRAD.name).waitFor();
  await page.getByText("Good day, Konrad Zuse. This is Edsger").waitFor();
  await page.locator("article.ringing").waitFor();
  expect(await agent.messages()).not.toMatch(PICKED_UP);
  await page.getByText("Given to you:").waitFor();
  await picture(page, "ringing");
  await page.locator("article.answered").waitFor();
  expect(await agent.messages()).toMatch(PICKED_UP);
  await Promise.all([phone.over, agent.over]);
  await page.getByText("Has ended").first().waitFor();
});

test("what is written during a call and after it is in the contact history", async () => {
  const page = await desk("101");
  const agent = await picksUp("101", 50);
  const phone = await call({ to: "5550300", number: ADA.phone, talk: 4_000 });
  await page.locator("article.answered").waitFor();
  await title(page, ADA.name).waitFor();
  const write = async (text: string): Promise<void> => {
    await page.getByLabel("Note").fill(text);
    await page.getByRole("button", { name: "Save note" }).click();
    await page.getByText("Saved", { exact: true }).waitFor();
    await page.getByLabel("Contact history").getByText(text).waitFor();
  };
  await write("Asks for the engine's second part");
  expect(await page.locator("article.answered").count()).toBe(1);
  await picture(page, "talking");
  await Promise.all([phone.over, agent.over]);
  await page.locator("article.ended, article.recorded").waitFor();
  await write("Call back on <b>Monday</b>");
  await picture(page, "ended");
  const notes = (await pbx.history(ADA.phone)).filter(({ values }) => values["kind"] === "note");
  expect(notes.map(({ values }) => [values["text"], values["agent"]])).toEqual([
    ["Call back on <b>Monday</b>", "101"],
    ["Asks for the engine's second part", "101"],
  ]);
});

test("says that a number is withheld, and that nobody is known with one", async () => {
  const page = await desk("101");
  for (const [number, said, named] of [
    ["anonymous", "The number is withheld", "Number withheld"],
    ["+390612345678", "Nobody is known with this number", "+390612345678"],
  ] as const) {
    const agent = await picksUp("101", 1_500);
    const phone = await call({ to: "5550300", number, name: "x", talk: 50 });
    await title(page, named).waitFor();
    await page.getByText(said).waitFor();
    await page.getByText("May I have your name").waitFor();
    await picture(page, number === "anonymous" ? "withheld" : "unknown");
    await Promise.all([phone.over, agent.over]);
    await page.locator("article.ended, article.recorded").waitFor();
  }
});

test("shows all customers of one number, and writes the note for the one that is chosen", async () => {
  const page = await desk("101");
  const agent = await picksUp("101", 500);
  const phone = await call({ to: "5550300", number: SHARED, talk: 3_000 });
  await page.getByText("Several customers have this number").waitFor();
  await page.getByRole("heading", { name: "Marie Curie" }).waitFor();
  await page.getByLabel("It is Pierre Curie").check();
  await page.getByLabel("Note").fill("Moves in May");
  await page.getByRole("button", { name: "Save note" }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  await page.getByLabel("Contact history").getByText("Moves in May").waitFor();
  await picture(page, "several");
  await Promise.all([phone.over, agent.over]);
});

test("a number that is clicked rings the agent, then the customer", async () => {
  const page = await desk("101");
  const [agent, customer] = [await picksUp("101", 50), await picksUp("CARRIER", 300, 1_500)];
  await page.getByLabel("Number to call").fill("030 901820");
  await page.getByRole("button", { name: "Call", exact: true }).click();
  await page.getByText(/^030 901820: the (agent|call)/).waitFor();
  await title(page, KONRAD.name).waitFor();
  await picture(page, "dialled");
  expect(await customer.over).toBe(0);
  await agent.over;
  const invite = await customer.messages();
  expect(invite).toMatch(/INVITE sip:\+4930901820@/);
  expect(/From: (.*)/.exec(invite)?.[1]).toContain("<sip:5550100@");
});

test("a page that was open when the hub ended shows calls again when it is back", async () => {
  const page = await desk("101");
  await pbx.hub.kill();
  await page.getByText("Connecting again").waitFor();
  await pbx.start();
  await page.getByText("Ready").waitFor();
  // What the browser says of a connection that was refused is meant here.
  faults.splice(0);
  const agent = await picksUp("101", 800);
  const phone = await call({ to: "5550300", number: ADA.phone, talk: 50 });
  await title(page, ADA.name).waitFor();
  await Promise.all([phone.over, agent.over]);
});

test("a wrong token is refused in words, on a narrow screen too", async () => {
  const context = await browser.newContext({ viewport: { width: 400, height: 800 }, colorScheme: "dark" });
  const page = await context.newPage();
  await page.goto(`${pbx.url}/desk`);
  await page.getByLabel("Token").fill("tl_wrong");
  await page.getByLabel("Telephone").fill("101");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: "token" }).waitFor();
  await picture(page, "refused");
  await page.getByLabel("Token").fill(await pbx.token());
  await page.keyboard.press("Enter");
  const agent = await picksUp("101", 1_500);
  const phone = await call({ to: "5550300", number: ADA.phone, talk: 50 });
  await title(page, ADA.name).waitFor();
  await picture(page, "narrow");
  const isWider = await page.evaluate("document.documentElement.scrollWidth > innerWidth");
  expect(isWider).toBe(false);
  await until(async () => (await page.locator("article.ringing").count()) === 0);
  await Promise.all([phone.over, agent.over]);
});
