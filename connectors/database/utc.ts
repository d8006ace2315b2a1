/** A moment as a database writes it in UTC (`2026-11-27 10:00:00.5+00`) by RFC 3339; anything else stays as it is. */
export function utc(text: string): string {
  const found = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)(?:\+00)?$/.exec(text);
  return found === null ? text : `${found[1]}T${found[2]}Z`;
}

/** The same moment so many seconds before, to the millisecond; undefined when it is none. */
export function secondsBefore(text: string, seconds: number): string | undefined {
  const at = /^\d{4,}-\d\d-\d\dT.*Z$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : new Date(at - seconds * 1_000).toISOString();
}
