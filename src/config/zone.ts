import { nearest } from "./did-you-mean.ts";

/** Whether a text is an IANA time zone; offsets such as `+01:00` are not, they know no summer time. */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** What to write instead of a text that is no time zone; a city alone is understood. */
export function zoneCure(zone: string): string {
  const zones = [...Intl.supportedValuesOf("timeZone"), "UTC"];
  const city = zones.find((name) =>
    name.toLowerCase().endsWith(`/${zone.toLowerCase().replaceAll(" ", "_")}`),
  );
  const meant = city ?? nearest(zone, zones);
  return meant === undefined
    ? "Write an IANA name such as Europe/Berlin or UTC."
    : `Did you mean "${meant}"?`;
}
