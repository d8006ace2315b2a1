/** The hub counts no more than this of what waits. */
const MOST = 10_000;

/** A count of the hub's, which may have stopped counting. */
export function counted(n: number, more = n >= MOST): string {
  return `${n.toLocaleString("en")}${more ? "+" : ""}`;
}
