import { isObject } from "../message/json.ts";
import { didYouMean } from "./did-you-mean.ts";
import type { Reporter } from "./reporter.ts";
import { valueAt } from "./value-at.ts";

/**
 * Warns of rules under `retention.flows` for flows that are not there: what was meant goes by the rule for all. They are
 * no mistakes, since what a flow has left that was taken away is still kept by them.
 * @param flows names of all flow folders
 */
export function checkRetention(report: Reporter, flows: readonly string[]): void {
  const rules = valueAt(report.file.value, "retention", "flows");
  for (const name of isObject(rules) ? Object.keys(rules) : []) {
    if (flows.includes(name)) continue;
    const message = `retention.flows.${name}: there is no flow of this name; the rule is only for what a former one has left`;
    report.key(["retention", "flows", name], message, didYouMean(name, flows), "warning");
  }
}
