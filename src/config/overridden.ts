import type { JsonObject } from "../message/json.ts";
import type { Reporter } from "./reporter.ts";
import type { SettingProblem } from "./service-url.ts";

/** A text of `tieline.yaml` that an environment variable replaces. */
export interface Overridden {
  readonly text: string;
  /** Then it may hold what must not stand in a file. */
  readonly fromEnvironment: boolean;
  /** Reports a problem where the text stands. */
  refuse(found: SettingProblem): void;
}

/** @param variables of the environment; one that is empty counts as not there */
export function overridden(
  root: JsonObject,
  {
    key,
    variable,
    otherwise,
  }: { readonly key: string; readonly variable: string; readonly otherwise: string },
  variables: Readonly<Record<string, string | undefined>>,
  report: Reporter,
): Overridden {
  const whole = variables[variable] || undefined;
  const written = root[key];
  return {
    text: whole ?? (typeof written === "string" ? written : otherwise),
    fromEnvironment: whole !== undefined,
    refuse({ problem, cure }) {
      if (whole === undefined) report.value([key], `${key}: ${problem}`, cure);
      else report.elsewhere({ field: variable }, null, `${variable}: ${problem}`, cure);
    },
  };
}
