import { showValue } from "./check-structure.ts";
import { CRM, CRM_TOPICS } from "./crm.ts";
import { didYouMean } from "./did-you-mean.ts";
import type { FlowContext } from "./flow-context.ts";
import { checkCron } from "./flow-schedule.ts";
import { listAt, textAt, valueAt } from "./value-at.ts";
import type { Path } from "./yaml-file.ts";

/** Checks that every route leads somewhere, and no two to the same. */
export function checkRoutes(context: FlowContext): void {
  const { raw, report } = context;
  const seen = new Map<string, number>();
  for (const [index, route] of listAt(raw, "routes").entries()) {
    const topic = textAt(route, "topic");
    const to = textAt(route, "to");
    const name = topic === undefined ? to : `topic:${topic}`;
    if (name === undefined) continue;
    const at: Path = ["routes", index, topic === undefined ? "to" : "topic"];
    const first = seen.get(name);
    if (first !== undefined) {
      const message = `routes[${index + 1}] goes to ${name}, as routes[${first + 1}] does`;
      report.value(at, message, "Join the two with `or` in one `when`: a target takes a record once.");
    } else seen.set(name, index);
    if (topic !== undefined) checkTopic(topic, at, context);
    else checkSink(name, at, index, context);
    if (valueAt(route, "collect") !== undefined) checkCollect(name, index, context);
  }
}

function checkTopic(topic: string, at: Path, { topics, report }: FlowContext): void {
  if (Object.values(CRM_TOPICS).includes(topic)) {
    report.value(at, `${topic} is published by the CRM alone`, "Route to the CRM, or choose another topic.");
  } else if (!topics.read.has(topic)) {
    const cure = didYouMean(
      topic,
      [...topics.read].filter((one) => !Object.values(CRM_TOPICS).includes(one)),
    );
    report.value(at, `no flow reads the topic ${showValue(topic)}`, cure, "warning");
  }
}

function checkSink(to: string, at: Path, index: number, { systems, report }: FlowContext): void {
  const dot = to.indexOf(".");
  if (dot < 1) return;
  const [name, sink] = [to.slice(0, dot), to.slice(dot + 1)];
  const system = systems.get(name);
  if (name !== CRM && system === undefined) {
    const message = `routes[${index + 1}].to: there is no system ${showValue(name)} in tieline.yaml`;
    report.value(at, message, didYouMean(name, [CRM, ...systems.keys()]));
    return;
  }
  if (name !== CRM && system?.settings === null) return;
  const sinks = name === CRM ? Object.keys(CRM_TOPICS) : (system?.shape?.sinks ?? []);
  if (sinks.includes(sink)) return;
  report.value(
    at,
    `routes[${index + 1}].to: ${name} has no sink ${showValue(sink)}`,
    didYouMean(sink, sinks),
  );
}

/** What gathers is sent as one, which not every sink can take. */
function checkCollect(to: string, index: number, context: FlowContext): void {
  const at: Path = ["routes", index, "collect"];
  checkCron(context, at, "until", `routes[${index + 1}].collect`);
  const [system = "", sink = ""] = to.split(".");
  const shape = context.systems.get(system)?.shape;
  const isThere = to.startsWith(`${CRM}.`) || shape?.sinks.includes(sink) === true;
  if (!isThere || shape?.collecting?.includes(sink) === true) return;
  const cure = "Remove `collect`: what goes there is sent at once. Sinks that write files can collect.";
  context.report.key(at, `routes[${index + 1}].collect: ${to} takes each delivery by itself`, cure);
}
