import { expect, test } from "vitest";
import { type Gathering, gathering } from "../../src/intake/gathering.ts";

/** Whether work begins before anything else happens. */
async function beginsAtOnce(work: Gathering): Promise<boolean> {
  return hasBegun(work.gather());
}

async function hasBegun(gathered: Promise<void>): Promise<boolean> {
  const turn = new Promise<"not yet">((resolve) => setImmediate(resolve, "not yet"));
  return (await Promise.race([gathered, turn])) !== "not yet";
}

test("what comes singly is worked on at once", async () => {
  const work = gathering(() => 0);
  expect(await beginsAtOnce(work)).toBe(true);
  work.came(1);
  expect(await beginsAtOnce(work)).toBe(true);
});

test("what comes in lots is gathered until it is enough", async () => {
  const work = gathering(() => 0);
  work.came(50);
  const gathered = work.gather();
  expect(await hasBegun(gathered)).toBe(false);
  work.came(50);
  expect(await hasBegun(gathered)).toBe(false);
  work.came(200);
  expect(await hasBegun(gathered)).toBe(true);
});

test("a backlog is worked on at once, and what was gathered is not waited for again", async () => {
  const work = gathering(() => 0);
  work.came(1000);
  expect(await beginsAtOnce(work)).toBe(true);
  expect(await beginsAtOnce(work)).toBe(true);
});

test("nobody waits for what does not come", async () => {
  const work = gathering(() => 0);
  work.came(50);
  await work.gather();
  expect(await beginsAtOnce(work)).toBe(true);
});

test("nobody waits for longer than the longest wait, however much comes", async () => {
  let now = 0;
  const work = gathering(() => now);
  work.came(50);
  const gathered = work.gather();
  now = 1000;
  work.came(1);
  expect(await hasBegun(gathered)).toBe(true);
});
