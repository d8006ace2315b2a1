import { isOlder } from "../crm/version.ts";
import type { RouteKey, StoredDelivery } from "../store/delivery-table.ts";
import type { Tx } from "../store/store.ts";

/**
 * What a route last applied, of the keys of deliveries that were read: it is asked for along with them, so that no attempt
 * has to ask the store whether it comes too late.
 */
export interface KnownApplied {
  /** Asks in the transaction that reads the deliveries. */
  read(tx: Tx, deliveries: readonly StoredDelivery[]): Promise<ReadonlyMap<string, RouteKey>>;
  /** This process has applied another one since. */
  add(delivery: StoredDelivery): void;
  /** Nothing that was read before is used any more. */
  forget(): void;
  /** @param last what was read along with it */
  isStale(delivery: StoredDelivery, last: RouteKey | undefined): boolean;
}

export function knownApplied(route: number): KnownApplied {
  const since = new Map<string, RouteKey>();
  return {
    async read(tx, deliveries) {
      const keys = deliveries.filter(mayBeStale).flatMap(({ key }) => key ?? []);
      return keys.length === 0 ? new Map() : tx.deliveries.lastApplied(route, [...new Set(keys)]);
    },
    add({ key, message, version }) {
      if (key !== null) since.set(key, { key, message, version });
    },
    forget: () => since.clear(),
    isStale(delivery, last) {
      if (!mayBeStale(delivery)) return false;
      const newest = since.get(delivery.key ?? "") ?? last;
      return newest !== undefined && isBefore(delivery, newest);
    },
  };
}

function mayBeStale({ key, version, replay, allowStale }: StoredDelivery): boolean {
  return key !== null && !allowStale && (version !== null || replay > 0);
}

function isBefore({ message, version }: StoredDelivery, last: RouteKey): boolean {
  if (version !== null && last.version !== null) return isOlder(version, last.version);
  return message < last.message;
}
