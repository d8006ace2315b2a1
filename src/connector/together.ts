import type { Sent } from "./contract.ts";

/** Something to be written, by the columns that it has; it is told what became of it. */
export type Together<T extends { readonly columns: readonly string[] }> = T & {
  readonly resolve: (sent: Sent) => void;
  readonly reject: (error: unknown) => void;
};

/**
 * Writes what is sent in the same turn of the event loop together: one call for each list of columns.
 * @param write settles each of a group, all of which have the same columns; it never rejects
 */
export function together<T extends { readonly columns: readonly string[] }>(
  write: (group: readonly Together<T>[]) => Promise<void>,
): (one: T) => Promise<Sent> {
  let waiting: Together<T>[] = [];

  async function sendAll(): Promise<void> {
    const all = waiting;
    waiting = [];
    const groups = new Map<string, Together<T>[]>();
    for (const one of all) {
      const name = one.columns.join("\n");
      groups.set(name, [...(groups.get(name) ?? []), one]);
    }
    await Promise.all([...groups.values()].map((group) => write(group)));
  }

  return (one) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ ...one, resolve, reject }) === 1) setImmediate(() => void sendAll());
    });
}
