import { posix } from "node:path";
import type { FormatDefinition } from "../format/open.ts";
import type { Json, JsonObject } from "../message/json.ts";
import { formatDuration } from "./duration.ts";
import {
  type ErrorPolicy,
  type FlowDefinition,
  type GuardPolicy,
  type RouteDefinition,
  readsTopic,
} from "./flow-definition.ts";
import { formatSize } from "./size.ts";
import { textAt, valueAt } from "./value-at.ts";

/** A flow in the form of `flow.yaml` with every default written out. `written` is the file's own content. */
export function effectiveFlow(flow: FlowDefinition, written: Json | undefined): JsonObject {
  // Files alone have a guard: theirs is a default, or else it was written.
  const files = flow.guard.rejected !== null || valueAt(written, "guard") !== undefined;
  const topic = readsTopic(flow.source);
  return present({
    apiVersion: "tieline/v1",
    description: flow.description,
    source: sourceOf(flow, written),
    schedule: scheduleOf(flow),
    accepts: flow.accepts,
    key: flow.key ?? "none",
    version: flow.version,
    event: flow.event,
    record: flow.record,
    carries: flow.carries,
    conflict: files ? null : flow.conflict,
    eventWindow: files ? null : formatDuration(flow.eventWindow),
    map: flow.map === null ? null : posix.relative(posix.dirname(flow.file), flow.map),
    emits: flow.emits,
    routes: flow.routes.map(routeOf),
    guard: files ? { rejected: guardText(flow.guard.rejected) } : null,
    onError: errorsOf(flow.onError),
    publish: flow.routes.some(({ to }) => to.startsWith("crm.")) ? flow.publish : null,
    allowFallback: flow.allowFallback,
    limits: present({
      deadline: formatDuration(flow.limits.deadline),
      body: files || topic ? null : formatSize(flow.limits.body),
    }),
  });
}

function sourceOf({ source }: FlowDefinition, written: Json | undefined): JsonObject {
  if (readsTopic(source)) return { topic: source.topic };
  const layout = textAt(written, "source", "format", "fixed", "layout") ?? "";
  const copybook = textAt(written, "source", "format", "cobol", "copybook") ?? "";
  const { system, read, format, poll } = source;
  return present({
    system,
    read,
    format: formatOf(format, layout, copybook),
    poll: poll === undefined ? null : formatDuration(poll),
  });
}

/** Files that a format names are shown by their names, not by what was read from them. */
function formatOf(format: FormatDefinition, layout: string, copybook: string): Json {
  const [name = "json", options = {}] = Object.entries(format)[0] ?? [];
  const { recordLimit, ...rest } = options as JsonObject;
  const written: JsonObject = {
    ...rest,
    ...("layout" in rest ? { layout } : {}),
    ...("copybook" in rest ? { copybook } : {}),
    ...(typeof recordLimit === "number" ? { recordLimit: formatSize(recordLimit) } : {}),
  };
  return Object.keys(written).length === 0 ? name : { [name]: written };
}

function scheduleOf({ schedule }: FlowDefinition): JsonObject | null {
  if (schedule === null) return null;
  const { cron, zone, window, misfire } = schedule;
  return present({ cron, zone, window: window === null ? null : `${window.from}-${window.to}`, misfire });
}

function routeOf({ to, when, onPark, collect }: RouteDefinition): JsonObject {
  const target: JsonObject = to.startsWith("topic:") ? { topic: to.slice("topic:".length) } : { to };
  const collected = collect && { until: collect.cron, zone: collect.zone, rows: collect.rows };
  return present({ ...target, when, onPark, collect: collected ?? null });
}

function guardText(rejected: GuardPolicy["rejected"]): string {
  if (rejected === null) return "none";
  if (typeof rejected !== "number") return `<${rejected.rows} rows`;
  // A share such as 0.07 is 7.000000000000001 in percent; no guard is written to more digits than these.
  return `<${Number((rejected * 100).toFixed(10))}%`;
}

function errorsOf({ retries, backoff, data, missingReference }: ErrorPolicy): JsonObject {
  const { policy, maxAge } = missingReference;
  return {
    transient: { retries, backoff: `${formatDuration(backoff.first)}..${formatDuration(backoff.last)}` },
    data,
    "missing-reference": policy === "wait" ? `wait ${formatDuration(maxAge)}` : policy,
  };
}

/** Without the members that have no value. */
function present(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null));
}
