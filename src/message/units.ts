/** A length of time in its two largest units: `2h 5m`, `41s`, `0.4s`. */
export function showDuration(ms: number): string {
  if (ms < 10_000) return `${(Math.max(0, ms) / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ];
  const from = parts.findIndex(([n]) => n > 0);
  return parts
    .slice(from, from + 2)
    .filter(([n]) => n > 0)
    .map(([n, unit]) => `${n}${unit}`)
    .join(" ");
}

/** Bytes in the unit a person reads: `76 GB`, `1.4 MB`, `312 B`. */
export function showBytes(bytes: number): string {
  let value = bytes;
  let unit = "B";
  for (const next of ["kB", "MB", "GB", "TB"]) {
    if (value < 1000) break;
    value /= 1000;
    unit = next;
  }
  return `${unit === "B" || value >= 10 ? Math.round(value) : value.toFixed(1)} ${unit}`;
}

/** A whole number with its thousands apart: `100,000`. */
export function showCount(n: number): string {
  return n.toLocaleString("en-US");
}

/** `1 row`, `2 rows`. */
export function plural(n: number, noun: string): string {
  return `${showCount(n)} ${noun}${n === 1 ? "" : "s"}`;
}

/** The same of a count that went no further than `most`: `1,000 rows or more`. */
export function pluralUpTo(most: number, n: number, noun: string): string {
  return `${plural(Math.min(n, most), noun)}${n < most ? "" : " or more"}`;
}
