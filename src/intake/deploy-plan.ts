import type { FlowDefinition, Schedule } from "../config/flow-definition.ts";
import type { DeployRequest, FlowChange, FlowText } from "../control/deploy.ts";
import { asHubError, type Issue } from "../errors.ts";
import { compileFlow } from "../flow/compile.ts";
import { versionHash } from "../flow/version-hash.ts";
import type { FlowRow, RouteRow } from "../store/flow-table.ts";
import type { Tx } from "../store/store.ts";
import type { DeployerEnvironment } from "./deployer.ts";
import { slotAfter } from "./schedule.ts";

const SLOTS_SHOWN = 3;

/** A flow of a request, read and compiled: a definition, or what is wrong with it. */
export interface Judged {
  readonly name: string;
  readonly definition: FlowDefinition | null;
  readonly hash: string;
  readonly problems: readonly Issue[];
}

/** Reads and compiles what is to come into force, as this program does when it runs it. */
export function judge(
  request: DeployRequest,
  env: Pick<DeployerEnvironment, "fromTexts">,
): readonly Judged[] {
  return request.flows.map((flow) => judgeFlow(flow, env));
}

function judgeFlow({ name, texts }: FlowText, env: Pick<DeployerEnvironment, "fromTexts">): Judged {
  try {
    const definition = env.fromTexts(name, texts);
    compileFlow(definition);
    return { name, definition, hash: versionHash(definition.texts), problems: [] };
  } catch (thrown) {
    const error = asHubError(thrown);
    const own = { message: error.message, ...(error.place === undefined ? {} : { place: error.place }) };
    return {
      name,
      definition: null,
      hash: versionHash(texts),
      problems: error.issues.length > 0 ? error.issues : [own],
    };
  }
}

/** What one transaction sees of what is in force. */
export interface InForce {
  readonly rows: readonly FlowRow[];
  readonly routes: readonly RouteRow[];
  /** Deliveries not done, by route. */
  readonly unsent: ReadonlyMap<number, number>;
  readonly definition: (name: string) => FlowDefinition | undefined;
}

export async function readInForce(tx: Tx, definition: InForce["definition"]): Promise<InForce> {
  const open = await tx.deliveries.open();
  return {
    rows: await tx.flows.all(),
    routes: await tx.flows.routes(),
    unsent: new Map(open.map(({ route, n }) => [route, n])),
    definition,
  };
}

/** What putting this flow in force changes. */
export async function changeOf(tx: Tx, flow: Judged, now: InForce, at: number): Promise<FlowChange> {
  const row = now.rows.find((one) => one.name === flow.name);
  const old = now.definition(flow.name);
  const before = row?.hash ?? null;
  const change = before === null ? "new" : before === flow.hash ? "same" : "changed";
  const base = { name: flow.name, change, before, after: flow.hash, problems: flow.problems } as const;
  const underWay = await underWayOf(tx, row);
  if (flow.definition === null || change === "same")
    return { ...base, underWay, waits: null, routes: NO_ROUTES, slots: null };
  const routes = routesBetween(old, flow.definition);
  const isHeld =
    old !== undefined && old.key !== flow.definition.key && underWay.messages + underWay.files > 0;
  return {
    ...base,
    underWay,
    waits: isHeld
      ? "the change of `key` waits until what is under way with the old key has ended"
      : waitsForRoutes(row, routes.removed, now),
    routes,
    slots: slotsBetweenVersions(old?.schedule ?? null, flow.definition.schedule, at),
  };
}

/** What taking this flow out of force changes. */
export async function removalOf(tx: Tx, name: string, now: InForce, at: number): Promise<FlowChange> {
  const row = now.rows.find((one) => one.name === name);
  const old = now.definition(name);
  const underWay = await underWayOf(tx, row);
  const removed = old?.routes.map(({ to }) => to) ?? [];
  const isBusy = underWay.messages + underWay.files > 0;
  return {
    name,
    change: row?.hash == null ? "same" : "removed",
    before: row?.hash ?? null,
    after: null,
    underWay,
    waits: isBusy
      ? "the flow goes when what is under way on it has ended"
      : waitsForRoutes(row, removed, now),
    problems: [],
    routes: { added: [], removed },
    slots: slotsBetweenVersions(old?.schedule ?? null, null, at),
  };
}

const NO_ROUTES = { added: [], removed: [] };

async function underWayOf(tx: Tx, row: FlowRow | undefined): Promise<FlowChange["underWay"]> {
  return row?.version == null ? { messages: 0, files: 0 } : tx.flows.underWay(row.version);
}

function routesBetween(old: FlowDefinition | undefined, next: FlowDefinition): FlowChange["routes"] {
  const before = old?.routes.map(({ to }) => to) ?? [];
  const after = next.routes.map(({ to }) => to);
  return {
    added: old === undefined ? [] : after.filter((to) => !before.includes(to)),
    removed: before.filter((to) => !after.includes(to)),
  };
}

/** Nobody sends on a route that is not in force: what waits there goes first. */
function waitsForRoutes(row: FlowRow | undefined, removed: readonly string[], now: InForce): string | null {
  for (const to of removed) {
    const route = now.routes.find((one) => one.flow === row?.id && one.to === to);
    const unsent = route === undefined ? 0 : (now.unsent.get(route.id) ?? 0);
    if (unsent > 0) return `the route ${to} goes when its deliveries have ended; ${unsent} have not`;
  }
  return null;
}

function slotsBetweenVersions(old: Schedule | null, next: Schedule | null, at: number): FlowChange["slots"] {
  if (old?.cron === next?.cron && old?.zone === next?.zone) return null;
  return { before: nextSlots(old, at), after: nextSlots(next, at) };
}

function nextSlots(schedule: Schedule | null, now: number): readonly number[] {
  const slots: number[] = [];
  if (schedule === null) return slots;
  for (
    let at = slotAfter(schedule, now);
    at !== null && slots.length < SLOTS_SHOWN;
    at = slotAfter(schedule, at)
  )
    slots.push(at);
  return slots;
}
