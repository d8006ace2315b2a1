/** Milliseconds of each unit, the largest first. */
const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;

/** `25ms`, `5s`, `10m`, `2h`, `14d` as milliseconds; undefined when the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  const found = /^([0-9]{1,9})(ms|s|m|h|d)$/.exec(text);
  const unit = UNITS.find(([name]) => name === found?.[2]);
  return found === null || unit === undefined ? undefined : Number(found[1]) * unit[1];
}

/** Milliseconds in the largest unit that holds them exactly. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return "0s";
  const [name, size] = UNITS.find(([, unit]) => milliseconds % unit === 0) ?? UNITS[4];
  return `${milliseconds / size}${name}`;
}
