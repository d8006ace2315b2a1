import { isObject, type Json } from "../message/json.ts";
import { KEPT, type Kept } from "../message/kept.ts";
import { parseDuration } from "./duration.ts";
import type { RetentionSettings } from "./hub-settings.ts";

const DAY = 86_400_000;

/** How long a hub keeps what is finished, unless its file says otherwise; milliseconds. */
export const USUAL_RETENTION: RetentionSettings = {
  ...{ messages: 90 * DAY, files: 365 * DAY, bundles: 365 * DAY, alerts: 365 * DAY },
  flows: {},
};

/** Reads `retention` of `tieline.yaml`; its structure has been checked. */
export function readRetention(written: Json | undefined): RetentionSettings {
  const rules = isObject(written) ? written : {};
  const flows = isObject(rules["flows"]) ? rules["flows"] : {};
  const usual = (kind: Kept) => [kind, ruleOf(rules[kind], USUAL_RETENTION[kind])] as const;
  return {
    ...(Object.fromEntries(KEPT.map(usual)) as Record<Kept, number | null>),
    flows: Object.fromEntries(Object.entries(flows).map(([flow, rule]) => [flow, ruleOf(rule, null)])),
  };
}

function ruleOf(written: Json | undefined, otherwise: number | null): number | null {
  if (written === "never") return null;
  return (typeof written === "string" ? parseDuration(written) : undefined) ?? otherwise;
}
