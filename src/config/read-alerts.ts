import { isObject, type Json, type JsonObject } from "../message/json.ts";
import { parseDuration } from "./duration.ts";
import type { AlertChannel, AlertRule, AlertSettings } from "./hub-settings.ts";
import type { Reporter } from "./reporter.ts";
import { type ReferenceContext, resolveText } from "./resolve-text.ts";

const MINUTE = 60_000;
const NONE = { flow: null, system: null, above: 0, for: 0, clear: MINUTE } as const;

/** What every hub watches, unless its file says otherwise under the same name. */
export const USUAL_RULES: readonly AlertRule[] = [
  { ...NONE, name: "messages-old", when: "age", for: 15 * MINUTE },
  { ...NONE, name: "parked", when: "parked" },
  { ...NONE, name: "route-stopped", when: "stopped" },
  { ...NONE, name: "slot-missed", when: "slot-missed" },
  { ...NONE, name: "system-down", when: "breaker", for: MINUTE },
  { ...NONE, name: "disk-low", when: "disk" },
];

/** Reads `alerts` of `tieline.yaml`; its structure has been checked. */
export function readAlerts(
  written: Json | undefined,
  references: ReferenceContext,
  report: Reporter,
): AlertSettings {
  const alerts = isObject(written) ? written : {};
  const rules = new Map(USUAL_RULES.map((rule) => [rule.name, rule]));
  for (const [name, rule] of Object.entries(isObject(alerts["rules"]) ? alerts["rules"] : {})) {
    if (rule === false) rules.delete(name);
    else if (isObject(rule)) readRule(name, rule, rules, report);
  }
  const tell = Array.isArray(alerts["tell"]) ? alerts["tell"].filter(isObject).map(readChannel) : [];
  return {
    rules: [...rules.values()],
    tell,
    heartbeat: readHeartbeat(alerts["heartbeat"], references, report),
  };
}

function readRule(name: string, rule: JsonObject, rules: Map<string, AlertRule>, report: Reporter): void {
  const when = rule["when"] as AlertRule["when"];
  const flow = typeof rule["flow"] === "string" ? rule["flow"] : null;
  const lasts = durationOf(rule["for"]);
  if (when === "silence" && (flow === null || lasts === undefined)) {
    const cure = "Write { when: silence, flow: NAME, for: 30m }.";
    report.value(["alerts", "rules", name], `alerts.rules.${name}: silence needs \`flow\` and \`for\``, cure);
    return;
  }
  rules.set(name, {
    ...{ name, when, flow, system: typeof rule["system"] === "string" ? rule["system"] : null },
    above: aboveOf(rule["above"], when),
    for: lasts ?? (when === "age" ? 15 * MINUTE : when === "error-rate" ? 60 * MINUTE : 0),
    clear: durationOf(rule["clear"]) ?? MINUTE,
  });
}

/** Messages, or for an error rate a share. */
function aboveOf(written: Json | undefined, when: AlertRule["when"]): number {
  if (when === "error-rate") return typeof written === "string" ? Number.parseFloat(written) / 100 : 0.05;
  return typeof written === "number" ? written : when === "backlog" ? 10_000 : 0;
}

function readChannel(channel: JsonObject): AlertChannel {
  const mail = Array.isArray(channel["mail"]) ? channel["mail"].map(String) : null;
  return { to: String(channel["to"]), mail };
}

function readHeartbeat(
  written: Json | undefined,
  references: ReferenceContext,
  report: Reporter,
): AlertSettings["heartbeat"] {
  if (!isObject(written) || typeof written["url"] !== "string") return null;
  const found = resolveText(written["url"], references);
  const at = ["alerts", "heartbeat", "url"];
  if (!("text" in found)) {
    report.value(at, `alerts.heartbeat.url: ${found.problem}`, found.cure);
    return null;
  }
  if (!URL.canParse(found.text) || !/^https?:/.test(found.text)) {
    report.value(at, "alerts.heartbeat.url: expected an address of http or https");
    return null;
  }
  return { url: found.text, every: durationOf(written["every"]) ?? MINUTE };
}

function durationOf(written: Json | undefined): number | undefined {
  return typeof written === "string" ? parseDuration(written) : undefined;
}
