/** Bytes of each unit, the largest first. */
const UNITS = [
  ["GiB", 1024 ** 3],
  ["MiB", 1024 ** 2],
  ["KiB", 1024],
  ["B", 1],
] as const;

/** `512KiB`, `1MiB`, `2GiB` as bytes; undefined when the text is not a size. */
export function parseSize(text: string): number | undefined {
  const found = /^([0-9]{1,9})(B|KiB|MiB|GiB)$/.exec(text);
  const unit = UNITS.find(([name]) => name === found?.[2]);
  return found === null || unit === undefined ? undefined : Number(found[1]) * unit[1];
}

/** Bytes in the largest unit that holds them exactly. */
export function formatSize(bytes: number): string {
  if (bytes === 0) return "0B";
  const [name, size] = UNITS.find(([, unit]) => bytes % unit === 0) ?? UNITS[3];
  return `${bytes / size}${name}`;
}
