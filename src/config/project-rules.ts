import { CRM, CRM_TOPICS } from "./crm.ts";
import type { Finding } from "./finding.ts";
import { type FlowDefinition, readsTopic } from "./flow-definition.ts";
import { createReporter } from "./reporter.ts";
import type { YamlFile } from "./yaml-file.ts";

/** A flow with the file it was read from. */
export interface LoadedFlow {
  readonly flow: FlowDefinition;
  readonly file: YamlFile;
}

/** What is wrong between flows that are each right by themselves. */
export function checkProject(flows: readonly LoadedFlow[], findings: Finding[]): void {
  for (const loaded of flows) refuseCircle(loaded, flows, findings);
  for (const loaded of flows) warnUnversioned(loaded, flows, findings);
}

/** A record that goes round in a circle of topics would never end; told once, at the flow first by name. */
function refuseCircle({ flow, file }: LoadedFlow, flows: readonly LoadedFlow[], findings: Finding[]): void {
  const circle = wayBack(
    flow,
    flow,
    flows.map((one) => one.flow),
    [flow],
  );
  if (circle === undefined || circle.some(({ name }) => name < flow.name)) return;
  const names = [...circle, flow].map(({ name }) => name).join(" → ");
  const cure = "Take one route out of the circle, or write `publish: false` where it passes the CRM.";
  createReporter(file, findings).key(["routes"], `the flows go round in a circle: ${names}`, cure);
}

function wayBack(
  from: FlowDefinition,
  home: FlowDefinition,
  flows: readonly FlowDefinition[],
  way: readonly FlowDefinition[],
): readonly FlowDefinition[] | undefined {
  const topics = publishedBy(from);
  for (const next of flows) {
    if (!readsTopic(next.source) || !topics.includes(next.source.topic)) continue;
    // One flow alone that writes back what it read is told by its own rules.
    if (next === home) {
      if (way.length > 1 || topicRoutes(home).includes(next.source.topic)) return way;
    } else if (!way.includes(next)) {
      const found = wayBack(next, home, flows, [...way, next]);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** The topics that hear of what a flow does, by its own routes or through the CRM. */
function publishedBy(flow: FlowDefinition): readonly string[] {
  const entities = flow.routes.map(({ to }) => (to.startsWith(`${CRM}.`) ? to.slice(CRM.length + 1) : ""));
  const crm = flow.publish ? entities.flatMap((entity) => CRM_TOPICS[entity] ?? []) : [];
  return [...topicRoutes(flow), ...crm];
}

function topicRoutes(flow: FlowDefinition): readonly string[] {
  return flow.routes.flatMap(({ to }) => (to.startsWith("topic:") ? [to.slice("topic:".length)] : []));
}

/**
 * Two flows that write one entity need versions to agree on which is newer. Interactions are added, never changed, so
 * there only flows of the same system can meet on one record.
 */
function warnUnversioned(
  { flow, file }: LoadedFlow,
  flows: readonly LoadedFlow[],
  findings: Finding[],
): void {
  if (flow.version !== null) return;
  for (const [index, { to }] of flow.routes.entries()) {
    if (to.startsWith("topic:")) continue;
    const others = flows
      .map((one) => one.flow)
      .filter((one) => one !== flow && one.routes.some((route) => route.to === to))
      .filter((one) => to !== `${CRM}.interaction` || origin(one) === origin(flow));
    if (others.length === 0) continue;
    const names = others.map(({ name }) => name).join(", ");
    const message = `${to} is written by ${names} too, and this flow has no \`version\`: whichever comes last wins`;
    const cure = "Give each of these flows a `version` on the same scale.";
    createReporter(file, findings).value(["routes", index, "to"], message, cure, "warning");
  }
}

function origin(flow: FlowDefinition): string {
  return readsTopic(flow.source) ? CRM : flow.source.system;
}
