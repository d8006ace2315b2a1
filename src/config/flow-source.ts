import { showValue } from "./check-structure.ts";
import { CRM, CRM_TOPICS } from "./crm.ts";
import { didYouMean } from "./did-you-mean.ts";
import type { FlowContext, FlowKind } from "./flow-context.ts";
import { textAt, valueAt } from "./value-at.ts";

/** Checks where a flow reads from; undefined when that cannot be told. */
export function checkSource(context: FlowContext): FlowKind | undefined {
  const { raw } = context;
  if (valueAt(raw, "source", "topic") !== undefined) {
    checkTopic(context);
    return "topic";
  }
  const kind = systemKind(context);
  if (kind === "files" && valueAt(raw, "source", "format") === undefined) {
    context.report.key(
      ["source"],
      "source.format is missing",
      "Say how the files are to be read, such as `format: csv`.",
    );
  }
  return kind;
}

function checkTopic({ raw, topics, report }: FlowContext): void {
  const topic = textAt(raw, "source", "topic");
  const own = Object.values(CRM_TOPICS);
  if (topic === undefined || topics.published.has(topic) || own.includes(topic)) return;
  const cure = didYouMean(topic, [...own, ...topics.published]);
  report.value(["source", "topic"], `source.topic: nothing publishes ${showValue(topic)}`, cure);
}

function systemKind({ raw, systems, report }: FlowContext): FlowKind | undefined {
  const name = textAt(raw, "source", "system");
  if (name === undefined) return undefined;
  if (name === CRM) {
    const cure = `Read what it publishes: \`topic: ${CRM_TOPICS["customer"]}\`.`;
    report.value(["source", "system"], "source.system: the CRM has no sources", cure);
    return undefined;
  }
  const system = systems.get(name);
  if (system === undefined) {
    const cure = didYouMean(name, [...systems.keys()]);
    report.value(
      ["source", "system"],
      `source.system: there is no system ${showValue(name)} in tieline.yaml`,
      cure,
    );
    return undefined;
  }
  const read = textAt(raw, "source", "read");
  if (system.settings === null || read === undefined) return undefined;
  const sources = system.shape?.sources ?? {};
  if (Object.hasOwn(sources, read)) return sources[read];
  const cure = didYouMean(read, Object.keys(sources));
  report.value(["source", "read"], `source.read: ${name} has no source ${showValue(read)}`, cure);
  return undefined;
}
