import { type Trace, traceMapping } from "../../mapping/lineage/trace.ts";
import { schemaShape } from "../../schema/schema-shape.ts";
import { expressionSpan } from "../expression-position.ts";
import type { Finding } from "../finding.ts";
import type { FlowDefinition } from "../flow-definition.ts";
import type { LoadedFlow } from "../project-rules.ts";
import { createReporter } from "../reporter.ts";
import { listAt } from "../value-at.ts";
import type { Path } from "../yaml-file.ts";
import type { Judged, Judgement } from "./judgement.ts";
import { judgeLongNumbers } from "./long-number.ts";
import { judgeReplay } from "./replay.ts";
import { judgeResult } from "./result.ts";
import { judgeSources } from "./source.ts";

/** A schema that a flow names, with what it lets be where. */
type Contract = Judged["input"];

/**
 * Judges a flow's mapping and expressions against its schemas: what can never work is an error, what may fail a warning.
 * The flow is sound by itself: everything in it can be compiled.
 */
export function checkStrict({ flow, file }: LoadedFlow, findings: Finding[]): void {
  const accepts = contract(flow, flow.accepts);
  const emits = flow.map === null ? accepts : contract(flow, flow.emits);
  const report = createReporter(file, findings);
  for (const { at, text, input } of expressions(flow, file.value, accepts, emits)) {
    const trace = traceMapping(text, { path: flow.file, shape: input?.shape ?? null });
    for (const { place, message, cure, severity } of judge({ trace, input, output: null })) {
      report.span(expressionSpan(file, at, place), message, cure, severity);
    }
  }
  const lines = (flow.map === null ? "" : (flow.texts[flow.map] ?? "")).split(/\r?\n/);
  for (const { place, ...rest } of judgeMapping(flow)) {
    findings.push({ ...rest, place, excerpt: lines[(place.line ?? 1) - 1] ?? null });
  }
}

/** What the analysis must know of a flow; a mapping without a flow has nulls. */
export type MappingContract = Pick<
  FlowDefinition,
  "file" | "accepts" | "emits" | "map" | "key" | "version" | "event" | "record" | "texts"
>;

/** Judges a flow's mapping alone; places are in the mapping. */
export function judgeMapping(flow: MappingContract): readonly Judgement[] {
  const trace = traceFlow(flow);
  if (trace === null) return [];
  return judge({ trace, input: contract(flow, flow.accepts), output: contract(flow, flow.emits) });
}

/** The analysis of a flow's mapping with what its schema and its key say of the input; null when it has no mapping. */
export function traceFlow(flow: MappingContract): Trace | null {
  const { map, key } = flow;
  const text = map === null ? undefined : flow.texts[map];
  if (map === null || text === undefined) return null;
  const shape = contract(flow, flow.accepts)?.shape ?? null;
  // A record without a key never reaches the mapping.
  return traceMapping(text, { path: map, shape, given: key === null ? [] : [key] });
}

/** The analyses of the expressions over the record that stand in `flow.yaml`: key, version, event and record. */
export function traceExpressions(flow: MappingContract): readonly Trace[] {
  const shape = contract(flow, flow.accepts)?.shape ?? null;
  return ON_RECORD.flatMap((name): readonly Trace[] => {
    const text = flow[name];
    return text === null ? [] : [traceMapping(text, { path: `${flow.file}#${name}`, shape })];
  });
}

const ON_RECORD = ["key", "version", "event", "record"] as const;

function contract(flow: MappingContract, path: string | null): Contract {
  return path === null ? null : { file: path, shape: schemaShape(path, (other) => flow.texts[other]) };
}

function judge(judged: Judged): readonly Judgement[] {
  const all = [judgeSources, judgeResult, judgeReplay, judgeLongNumbers].flatMap((one) => one(judged));
  return [...new Map(all.map((one) => [JSON.stringify([one.place, one.message]), one])).values()];
}

interface Expression {
  readonly at: Path;
  readonly text: string;
  readonly input: Contract;
}

/** The expressions of `flow.yaml`: those over the record, and the routes' over the mapping's result. */
function expressions(
  flow: FlowDefinition,
  raw: LoadedFlow["file"]["value"],
  accepts: Contract,
  emits: Contract,
): readonly Expression[] {
  const own = ON_RECORD.flatMap((name): readonly Expression[] => {
    const text = flow[name];
    return text === null ? [] : [{ at: [name], text, input: accepts }];
  });
  const routes = listAt(raw, "routes").flatMap((_, index): readonly Expression[] => {
    const text = flow.routes[index]?.when ?? null;
    return text === null ? [] : [{ at: ["routes", index, "when"], text, input: emits }];
  });
  return [...own, ...routes];
}
