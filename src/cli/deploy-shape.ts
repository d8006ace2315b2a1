import type { DeployReport, FlowChange } from "../control/deploy.ts";

/** What the API answers to a plan and to a deploy: the engine's report with its times in RFC 3339. */
export interface DeployAnswer extends Omit<DeployReport, "flows"> {
  readonly flows: readonly DeployChange[];
}

export interface DeployChange extends Omit<FlowChange, "slots"> {
  readonly slots: { readonly before: readonly string[]; readonly after: readonly string[] } | null;
}
