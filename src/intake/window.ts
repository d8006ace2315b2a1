const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether a time of day in `zone` lies in the window; `to` before `from` goes over midnight. `to` is not included. */
export function isWithin(
  window: { readonly from: string; readonly to: string },
  zone: string,
  at: number,
): boolean {
  const time = timeOfDay(zone, at);
  if (window.from <= window.to) return time >= window.from && time < window.to;
  return time >= window.from || time < window.to;
}

/** `HH:MM` of an instant in a zone. */
function timeOfDay(zone: string, at: number): string {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    formats.set(zone, format);
  }
  return format.format(at);
}
