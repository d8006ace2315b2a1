import { type MappingContract, traceExpressions, traceFlow } from "../config/strict/check-strict.ts";
import type { TargetField } from "../mapping/lineage/target.ts";
import type { Trace } from "../mapping/lineage/trace.ts";

/** How the fields of a flow's results come about. */
export interface FieldOrigins {
  /** What is set: paths in which `*` is an item, and `**` all that is at or below; with the places in the mapping. */
  readonly targets: readonly TargetField[];
  /** What is read of a record, by the mapping and by the expressions of `flow.yaml`. */
  readonly read: readonly string[];
}

/** Of a flow without a mapping the whole record is handed over. */
export function fieldOrigins(flow: MappingContract): FieldOrigins {
  const trace = traceFlow(flow);
  if (trace === null) return { targets: widened([handedOver(flow.file)]), read: ["/**"] };
  return { targets: widened(trace.targets), read: readPaths(flow, trace) };
}

/** The paths that a flow reads; what is handed over whole is read with all that is below it. */
export function readPaths(flow: MappingContract, trace: Trace): readonly string[] {
  return [
    ...trace.paths.map(({ path }) => path),
    ...widened(trace.targets).flatMap(({ sources, whole }) => (whole ? sources.map(({ path }) => path) : [])),
    ...traceExpressions(flow).flatMap(({ paths }) => paths.map(({ path }) => path)),
  ];
}

/** Targets whose paths say where they stand for all that is below them. */
export function widened(targets: readonly TargetField[]): readonly TargetField[] {
  return targets.map((target) => {
    if (!target.whole) return target;
    const sources = target.sources.map(({ path, role }) => ({
      path: role === "value" && !path.endsWith("/**") ? `${path}/**` : path,
      role,
    }));
    return { ...target, path: `${target.path}/**`, sources };
  });
}

/** What a flow without a mapping sets. */
export function handedOver(file: string): TargetField {
  const place = { file, line: 1, column: 1 };
  return { path: "", place, set: "always", sources: [{ path: "", role: "value" }], whole: true };
}
