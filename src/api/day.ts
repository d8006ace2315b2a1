import { HubError } from "../errors.ts";

/** The span of a calendar day in a time zone, milliseconds since 1970, `to` exclusive. A day may have 23 or 25 hours. */
export function dayRange(day: string, zone: string): { readonly from: number; readonly to: number } {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) {
    throw new HubError("TL_USAGE", "`day` is not a day of the calendar", { cure: "Write it as 2027-03-28." });
  }
  return { from: firstInstant(midnight, zone), to: firstInstant(midnight + 86_400_000, zone) };
}

/** Today in a time zone, as `2027-03-28`. */
export function today(now: number, zone: string): string {
  return new Date(now + offset(now, zone)).toISOString().slice(0, 10);
}

/** The first instant whose local date is that of `local` (a local midnight written as if it were UTC). */
function firstInstant(local: number, zone: string): number {
  // Zones lie within 14 hours of UTC, and change by whole quarters of an hour.
  let before = local - 15 * 3_600_000;
  let after = local + 15 * 3_600_000;
  while (after - before > 60_000) {
    const middle = before + Math.floor((after - before) / 120_000) * 60_000;
    if (middle + offset(middle, zone) >= local) after = middle;
    else before = middle;
  }
  return after;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far a zone's clocks are ahead of UTC at an instant; milliseconds. */
export function offset(at: number, zone: string): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
    formats.set(zone, format);
  }
  const name = format.formatToParts(at).find((part) => part.type === "timeZoneName")?.value ?? "GMT";
  const [, sign = "+", hours = "0", minutes = "0"] = /GMT([+-])(\d{2}):(\d{2})/.exec(name) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
