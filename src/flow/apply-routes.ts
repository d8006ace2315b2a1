import type { CrmItem, CustomerChange } from "../crm/apply.ts";
import { applyToCrm } from "../crm/apply-to-crm.ts";
import { type Failure, HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import type { Tx } from "../store/store.ts";
import type { Prepared } from "./compile.ts";
import { goesTo } from "./goes-to.ts";
import type { Item } from "./item.ts";
import { type LiveFlow, type LiveRoute, sourceSystem } from "./live-flow.ts";
import { type Fate, RefusedItems, type SettleEnvironment } from "./settlement.ts";

export interface Applied {
  /** By item, by route. */
  readonly outcomes: readonly Record<string, string>[];
  readonly topics: readonly {
    readonly topic: string;
    readonly change: CustomerChange | null;
    readonly item: Item;
    readonly content: () => Json;
  }[];
}

/** The routes that end inside this transaction: the CRM and topics; and the filter for all. */
export async function applyRoutes(
  tx: Tx,
  flow: LiveFlow,
  items: readonly Item[],
  fates: readonly Fate[],
  env: SettleEnvironment,
): Promise<Applied> {
  const outcomes: Record<string, string>[] = items.map(() => ({}));
  const topics: Applied["topics"][number][] = [];
  const crm: CrmItem[] = [];
  const owners: { readonly index: number; readonly route: LiveRoute }[] = [];
  const isOwn = env.isOwn(flow);
  for (const [index, item] of items.entries()) {
    if (fates[index]?.kind !== "done") continue;
    const ends = outcomes[index] as Record<string, string>;
    for (const route of flow.routes) {
      const refused = notTaken(item, route, isOwn);
      if (refused !== null) {
        if (refused !== "left") ends[route.to] = refused;
        continue;
      }
      const prepared = item.result as Prepared;
      if (route.exit.kind === "crm") {
        owners.push({ index, route });
        crm.push(crmItem(flow, item, prepared, route.exit.entity));
      } else if (route.exit.kind === "topic") {
        ends[route.to] = "applied";
        topics.push({ topic: route.exit.topic, change: null, item, content: () => prepared.mapped });
      } else {
        ends[route.to] = "waiting";
      }
    }
  }
  const results = crm.length === 0 ? [] : await applyToCrm(crm, tx.crm, env.now);
  const failures = new Map<number, HubError>();
  for (const [at, result] of results.entries()) {
    const owner = owners[at];
    if (owner === undefined) continue;
    if ("failure" in result) {
      failures.set(owner.index, asError(result.failure));
      continue;
    }
    (outcomes[owner.index] as Record<string, string>)[owner.route.to] = result.outcome;
    if (result.outcome !== "applied" || !flow.definition.publish) continue;
    const item = items[owner.index] as Item;
    for (const change of [result.change, ...(result.also ?? [])]) {
      if (change === null) continue;
      // Content is made when it is asked for: where nobody subscribes, nobody pays for it.
      const content = (): Json => change.content;
      topics.push({ topic: change.topic, change, item, content });
    }
  }
  if (failures.size > 0) throw new RefusedItems(failures);
  return { outcomes, topics };
}

/** Why an item does not take a route: an outcome, or "left" when a replay does not concern it; null when it takes it. */
function notTaken(item: Item, route: LiveRoute, isOwn: boolean): "unchanged" | "filtered" | "left" | null {
  if (!goesTo(item.plan, route.to)) return "left";
  if (item.result === "unchanged") return "unchanged";
  if (!(item.result as Prepared).routes.includes(route.to)) return "filtered";
  // The origin guard: a change never goes back to the system it came from. What an agent asks of a telephone system
  // through the hub came from the hub.
  if (route.exit.kind === "system" && route.exit.system === item.system && !isOwn) return "filtered";
  return null;
}

function crmItem(flow: LiveFlow, item: Item, prepared: Prepared, entity: CrmItem["entity"]): CrmItem {
  return {
    entity,
    system: item.system === "crm" ? sourceSystem(flow.definition) : item.system,
    get record() {
      return prepared.mapped;
    },
    newcomer: prepared.newcomer,
    version: prepared.version,
    hash: item.hash,
    origin: {
      message: item.place,
      file: item.slice?.file ?? null,
      row: item.slice?.row ?? null,
      flowVersion: flow.version,
      at: item.acceptedAt,
    },
    allowStale: item.plan?.allowStale ?? false,
    missingReference: flow.definition.onError.missingReference.policy === "stub" ? "stub" : "fail",
  };
}

function asError(failure: Failure): HubError {
  return new HubError(failure.code, failure.message, {
    ...(failure.place === undefined ? {} : { place: failure.place }),
    ...(failure.cure === undefined ? {} : { cure: failure.cure }),
    ...(failure.issues === undefined ? {} : { issues: failure.issues }),
  });
}
