import type { Tx } from "../store/store.ts";
import type { Item } from "./item.ts";
import type { LiveFlow, LiveRoute } from "./live-flow.ts";
import type { Fate, SettleEnvironment } from "./settlement.ts";

/** An older message (route null: on all its routes) or delivery that a newer state made needless. */
export interface Superseded {
  readonly route: LiveRoute | null;
  readonly message: number;
  readonly file: number | null;
  readonly wasParked: boolean;
}

/** A newer state makes older ones of its key needless where they wait or are parked. */
export async function supersedeOlder(
  tx: Tx,
  flow: LiveFlow,
  items: readonly Item[],
  fates: readonly Fate[],
  places: readonly (number | null)[],
  env: SettleEnvironment,
): Promise<readonly Superseded[]> {
  if (flow.definition.carries !== "state") return [];
  const keys: { key: string; before: number }[] = [];
  for (const [index, item] of items.entries()) {
    // A row that was not stored is newer than every message stored before it.
    const before = places[index] ?? Number.MAX_SAFE_INTEGER;
    if (fates[index]?.kind === "done" && item.key !== null && item.plan === null)
      keys.push({ key: item.key, before });
  }
  if (keys.length === 0) return [];
  const ended: Superseded[] = [];
  for (const row of await tx.messages.supersede(flow.id, keys, env.now)) {
    ended.push({ route: null, message: row.place, file: row.file, wasParked: row.state === "parked" });
  }
  for (const route of flow.routes) {
    if (route.exit.kind !== "system") continue;
    for (const row of await tx.deliveries.supersede(route.id, keys, env.now)) {
      ended.push({ route, message: row.message, file: row.file, wasParked: row.state === "parked" });
    }
  }
  return ended;
}
