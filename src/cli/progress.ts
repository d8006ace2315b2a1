import { showCount, showDuration } from "../message/units.ts";

/** How far a file run is, as seen at a moment. */
export interface Sight {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly rows: number;
  /** Share of the file that is committed, 0 to 1. */
  readonly progress: number;
}

const BAR = 24;

/** `████████░░░░   62%  62,000 rows  8,410 rows/s  eta 5.0s`, from the first look and the latest. */
export function progressLine(first: Sight, latest: Sight): string {
  const full = Math.round(latest.progress * BAR);
  const parts = [
    "█".repeat(full) + "░".repeat(BAR - full),
    `${Math.floor(latest.progress * 100)}%`.padStart(4),
    `${showCount(latest.rows)} rows`,
  ];
  const seconds = (latest.at - first.at) / 1000;
  if (seconds > 0 && latest.rows > first.rows) {
    parts.push(`${showCount(Math.round((latest.rows - first.rows) / seconds))} rows/s`);
    const speed = (latest.progress - first.progress) / seconds;
    if (speed > 0 && latest.progress < 1) {
      parts.push(`eta ${showDuration(((1 - latest.progress) / speed) * 1000)}`);
    }
  }
  return parts.join("  ");
}
