import type { FlowDefinition, RouteDefinition } from "../config/flow-definition.ts";
import { HubError } from "../errors.ts";
import { ENTITIES, type Entity } from "../message/entity.ts";
import type { RouteRow, VersionRow } from "../store/flow-table.ts";
import type { CompiledFlow } from "./compile.ts";

/** One version of a flow as this thread runs it: compiled texts joined with the ids the store gave. */
export interface LiveFlow {
  readonly id: number;
  readonly name: string;
  /** Row id of the version. */
  readonly version: number;
  readonly hash: string;
  /** Milliseconds since 1970. */
  readonly deployedAt: number;
  readonly compiled: CompiledFlow;
  readonly definition: FlowDefinition;
  readonly routes: readonly LiveRoute[];
}

export interface LiveRoute {
  readonly id: number;
  /** `crm.customer`, `billing.customer`, `topic:orders`. */
  readonly to: string;
  readonly exit:
    | { readonly kind: "crm"; readonly entity: Entity }
    | { readonly kind: "topic"; readonly topic: string }
    | { readonly kind: "system"; readonly system: string; readonly sink: string };
  readonly definition: RouteDefinition;
}

export function liveFlow(version: VersionRow, compiled: CompiledFlow, rows: readonly RouteRow[]): LiveFlow {
  const definition = compiled.definition;
  const routes = definition.routes.map((route) => {
    const row = rows.find((one) => one.flow === version.flow && one.to === route.to);
    if (row === undefined)
      throw new HubError("TL_STORE_FAILED", `route ${route.to} of ${definition.name} is not in the store`);
    return { id: row.id, to: route.to, exit: exitOf(route.to), definition: route };
  });
  return {
    id: version.flow,
    name: definition.name,
    version: version.id,
    hash: version.hash,
    deployedAt: version.deployedAt,
    compiled,
    definition,
    routes,
  };
}

function exitOf(to: string): LiveRoute["exit"] {
  if (to.startsWith("topic:")) return { kind: "topic", topic: to.slice("topic:".length) };
  const dot = to.indexOf(".");
  const system = to.slice(0, dot);
  const sink = to.slice(dot + 1);
  const entity = ENTITIES.find((name) => name === sink);
  if (system === "crm" && entity !== undefined) return { kind: "crm", entity };
  return { kind: "system", system, sink };
}

/** The name of the system a flow reads from; topics have none of their own. */
export function sourceSystem(definition: FlowDefinition): string {
  return "topic" in definition.source ? "crm" : definition.source.system;
}

/** What a flow's records are in the CRM, where a route leads there. */
export function crmEntity(flow: LiveFlow): Entity | undefined {
  for (const { exit } of flow.routes) if (exit.kind === "crm") return exit.entity;
  return undefined;
}
