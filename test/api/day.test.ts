import { expect, test } from "vitest";
import { dayRange, today } from "../../src/api/day.ts";

const HOUR = 3_600_000;

test("a day has 23, 24 or 25 hours, and 24.5 where clocks move by half an hour", () => {
  const hours = (day: string, zone: string): number => {
    const { from, to } = dayRange(day, zone);
    return (to - from) / HOUR;
  };
  expect(hours("2027-03-28", "Europe/Berlin")).toBe(23);
  expect(hours("2027-10-31", "Europe/Berlin")).toBe(25);
  expect(hours("2027-06-01", "Europe/Berlin")).toBe(24);
  expect(hours("2027-04-04", "Australia/Lord_Howe")).toBe(24.5);
  expect(hours("2027-03-28", "UTC")).toBe(24);
});

test("a day begins at its local midnight", () => {
  expect(new Date(dayRange("2027-06-01", "Europe/Berlin").from).toISOString()).toBe(
    "2027-05-31T22:00:00.000Z",
  );
  expect(new Date(dayRange("2027-06-01", "Asia/Kathmandu").from).toISOString()).toBe(
    "2027-05-31T18:15:00.000Z",
  );
  expect(new Date(dayRange("2027-06-01", "Pacific/Kiritimati").from).toISOString()).toBe(
    "2027-05-31T10:00:00.000Z",
  );
  expect(new Date(dayRange("2027-06-01", "Pacific/Pago_Pago").from).toISOString()).toBe(
    "2027-06-01T11:00:00.000Z",
  );
});

test("days meet without gap or overlap over a whole year", () => {
  for (const zone of ["Europe/Tallinn", "America/New_York", "Africa/Casablanca", "Australia/Lord_Howe"]) {
    let last = dayRange("2026-12-31", zone).to;
    for (let at = Date.UTC(2027, 0, 1); at < Date.UTC(2028, 0, 1); at += 24 * HOUR) {
      const { from, to } = dayRange(new Date(at).toISOString().slice(0, 10), zone);
      expect(from).toBe(last);
      last = to;
    }
  }
});

test("today is the date on the wall there", () => {
  const at = Date.UTC(2027, 4, 31, 23);
  expect(today(at, "Europe/Berlin")).toBe("2027-06-01");
  expect(today(at, "America/New_York")).toBe("2027-05-31");
});

test("what is no day of the calendar is refused", () => {
  for (const day of ["2027-02-29", "2027-13-01", "today", ""])
    expect(() => dayRange(day, "UTC")).toThrow("calendar");
});
