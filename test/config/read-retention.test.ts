import { expect, it } from "vitest";
import { readRetention, USUAL_RETENTION } from "../../src/config/read-retention.ts";

const DAY = 86_400_000;

it("keeps what it says nothing of for the usual time", () => {
  expect(readRetention(undefined)).toEqual(USUAL_RETENTION);
  expect(readRetention({ messages: "12h" })).toEqual({ ...USUAL_RETENTION, messages: DAY / 2 });
});

it("never forgets what it is told to keep, and has rules for single flows", () => {
  expect(readRetention({ files: "never", flows: { orders: "30d", invoices: "never" } })).toEqual({
    ...USUAL_RETENTION,
    files: null,
    flows: { orders: 30 * DAY, invoices: null },
  });
});
