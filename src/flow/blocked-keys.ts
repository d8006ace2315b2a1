/**
 * The keys that wait behind a failing message, as this thread knows them. The store is the truth; this copy spares the
 * happy path a query. It changes only after the commit that changed the store.
 */
export interface BlockedKeys {
  /** The message or delivery that blocks the key on this scope (a route's id, or minus a flow's id). */
  by(scope: number, key: string): number | undefined;
  /** Whether it stands behind another one of its key. */
  isBehind(scope: number, one: { readonly id: number; readonly key: string | null }): boolean;
  add(scope: number, key: string, by: number): void;
  remove(scope: number, key: string): void;
  count(scope: number): number;
  /** A number that changes when what stood behind a key of this scope may go on, which is then queued before others. */
  released(scope: number): number;
  /** Makes it a copy of these. */
  reset(rows: readonly { scope: number; key: string; by: number }[]): void;
}

export function blockedKeys(rows: Parameters<BlockedKeys["reset"]>[0] = []): BlockedKeys {
  const scopes = new Map<number, Map<string, number>>();
  const released = new Map<number, number>();
  let resets = 0;
  const keys: BlockedKeys = {
    by: (scope, key) => scopes.get(scope)?.get(key),
    isBehind(scope, { id, key }) {
      const by = key === null ? undefined : keys.by(scope, key);
      return by !== undefined && by !== id;
    },
    add(scope, key, by) {
      const found = scopes.get(scope);
      if (found === undefined) scopes.set(scope, new Map([[key, by]]));
      else found.set(key, by);
    },
    remove(scope, key) {
      if (scopes.get(scope)?.delete(key) === true) released.set(scope, (released.get(scope) ?? 0) + 1);
    },
    count: (scope) => scopes.get(scope)?.size ?? 0,
    released: (scope) => resets + (released.get(scope) ?? 0),
    reset(now) {
      resets += 1;
      scopes.clear();
      for (const row of now) keys.add(row.scope, row.key, row.by);
    },
  };
  keys.reset(rows);
  return keys;
}
