import { Tooltip } from "@mantine/core";
import { useEffect, useState } from "react";
import { useZone } from "./zone.tsx";

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${zone} ${JSON.stringify(options)}`;
  let format = formats.get(name);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", ...options });
    formats.set(name, format);
  }
  return format;
}

const SHORT = {
  day: "2-digit",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
} as const;
const SLOT = {
  weekday: "short",
  day: "2-digit",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
} as const;
const YEAR = { year: "numeric" } as const;

/** A moment as people of the zone write it, with its year where that is not this one there. */
function written(at: string, zone: string, options: Intl.DateTimeFormatOptions): string {
  const then = new Date(at);
  const year = formatOf(zone, YEAR);
  const isNow = year.format(then) === year.format(Date.now());
  return formatOf(zone, isNow ? options : { ...options, ...YEAR }).format(then);
}

/** A moment in a zone, with the zone's name. */
export function inWords(at: string, zone: string): string {
  return formatOf(zone, {
    ...SHORT,
    ...YEAR,
    weekday: "short",
    fractionalSecondDigits: 3,
    timeZoneName: "short",
  }).format(new Date(at));
}

export function slotInWords(at: string, zone: string): string {
  return written(at, zone, { ...SLOT, timeZoneName: "short" });
}

/** A moment in the zone of the page; the whole of it, and the same in UTC, when pointed at. */
export function Time({ at, ms = false }: { readonly at: string | null; readonly ms?: boolean }) {
  const { zone } = useZone();
  if (at === null) return <span className="faint">–</span>;
  const other = zone === "UTC" ? "" : `\n${inWords(at, "UTC")}`;
  const text = written(at, zone, ms ? { ...SHORT, fractionalSecondDigits: 3 } : SHORT);
  return (
    <Tooltip label={`${inWords(at, zone)}${other}`}>
      <time dateTime={at}>{text.replace(",", "")}</time>
    </Tooltip>
  );
}

/** How long ago, or until when, in one unit: `3 s`, `14 min`, `5 h`, `12 d`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** The time, told again every second or as said. */
export function useNow(everyMs = 1000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

export function Age({ at }: { readonly at: string | null }) {
  const now = useNow(5000);
  const { zone } = useZone();
  if (at === null) return <span className="faint">–</span>;
  return (
    <Tooltip label={inWords(at, zone)}>
      <time dateTime={at}>{span(now - Date.parse(at))}</time>
    </Tooltip>
  );
}

/** When what is shown was read. */
export function Updated({ at, held = false }: { readonly at: number; readonly held?: boolean }) {
  const now = useNow();
  if (at === 0) return null;
  return (
    <span className="faint updated">
      updated {span(now - at)} ago{held ? ", held while rows are chosen" : ""}
    </span>
  );
}
