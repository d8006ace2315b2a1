import { posix } from "node:path";
import type { FormatDefinition } from "../format/open.ts";
import { isObject } from "../message/json.ts";
import { checkStructure } from "./check-structure.ts";
import { defineFlow } from "./define-flow.ts";
import { defineFormat } from "./define-format.ts";
import type { Finding } from "./finding.ts";
import type { FlowContext } from "./flow-context.ts";
import type { FlowDefinition } from "./flow-definition.ts";
import { checkExpressions } from "./flow-expressions.ts";
import { checkRoutes } from "./flow-routes.ts";
import { checkRules } from "./flow-rules.ts";
import { checkSchedule } from "./flow-schedule.ts";
import { checkSource } from "./flow-source.ts";
import { readTexts } from "./flow-texts.ts";
import { publishedStructure } from "./published-schema.ts";
import type { RawFlow } from "./raw-flow.ts";
import { createReporter } from "./reporter.ts";
import type { YamlFile } from "./yaml-file.ts";

/** Reads one `flow.yaml` and all it names. Null when anything is wrong, which is then in `findings`. */
export function readFlow(
  file: YamlFile,
  surroundings: Pick<FlowContext, "dir" | "env" | "systems" | "topics">,
  findings: Finding[],
): FlowDefinition | null {
  const own: Finding[] = [];
  const report = createReporter(file, own);
  const name = posix.basename(posix.dirname(file.path));
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)) {
    const message = `a flow's folder is named in lower-case letters, digits and dashes, got "${name}"`;
    report.key([], message, "Rename the folder.");
  }
  for (const { span, message, cure } of file.problems) report.span(span, message, cure);
  const raw = file.value;
  const flow = raw === undefined ? null : readContent({ ...surroundings, name, raw, report }, own);
  findings.push(...own);
  return own.some(({ severity }) => severity === "error") ? null : flow;
}

function readContent(context: FlowContext, own: Finding[]): FlowDefinition | null {
  const { raw, report, env, name } = context;
  checkStructure(publishedStructure("flow"), raw, report);
  if (!isObject(raw)) return null;
  const sound = own.length === 0;
  const kind = checkSource(context);
  checkSchedule(context);
  checkExpressions(context);
  checkRoutes(context);
  checkRules(context, kind);
  const files = readTexts(context, own);
  if (!sound) return null;
  const written = raw as unknown as RawFlow;
  const format: FormatDefinition | undefined =
    "topic" in written.source ? { json: {} } : defineFormat(written.source.format ?? "json", files);
  if (format === undefined || kind === undefined) return null;
  const error = env.compileFormat?.(format) ?? null;
  if (error !== null) report.key(["source", "format"], `source.format: ${error.message}`, error.cure);
  return defineFlow(written, { name, file: report.file.path, kind, format, files });
}
