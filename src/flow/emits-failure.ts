import { type MappingContract, traceFlow } from "../config/strict/check-strict.ts";
import { HubError, type Issue } from "../errors.ts";
import type { TargetField } from "../mapping/lineage/target.ts";
import type { Schema } from "../schema/schema.ts";

/** More source fields than a message can name. */
const SHOWN = 4;

/** Makes the error for a result that breaks its schema: the place in the mapping, the field, and what it is made from. */
export type EmitsFailure = (schema: Schema, issues: readonly Issue[]) => HubError;

export function emitsFailure(flow: MappingContract): EmitsFailure {
  // Worked out at the first failure, and kept: a file may have many bad rows.
  let targets: readonly TargetField[] | undefined;
  return (schema, issues) => {
    targets ??= traceFlow(flow)?.targets ?? [];
    const placed = issues.map((issue) => withSources(issue, targets ?? [], flow.map));
    const [first] = placed;
    return new HubError(
      "TL_EMITS_FAILED",
      `the mapping's result breaks ${schema.path}: ${first?.message ?? ""}`,
      {
        ...(first?.place === undefined ? {} : { place: first.place }),
        issues: placed,
      },
    );
  };
}

function withSources(issue: Issue, targets: readonly TargetField[], file: string | null): Issue {
  const field = issue.place?.field;
  const found = nearest(field ?? "", targets);
  const place = {
    ...(file === null ? {} : { file }),
    ...found[0]?.place,
    ...(field === undefined ? {} : { field }),
  };
  const isWhole = field !== undefined && found[0]?.path.split("/").length === field.split("/").length;
  const sources = isWhole ? [...new Set(found.flatMap((target) => valuesOf(target)))] : [];
  const more = sources.length > SHOWN ? " …" : "";
  const from = sources.length === 0 ? "" : `; it is made from ${sources.slice(0, SHOWN).join(", ")}${more}`;
  return { place, message: `${issue.message}${from}` };
}

function valuesOf({ sources }: TargetField): readonly string[] {
  const values = sources.filter(({ role }) => role === "value");
  const paths = (values.length > 0 ? values : sources).map(({ path }) => path);
  // A list that was walked through is told by what was read of its items.
  return paths.filter((path) => !paths.some((other) => other.startsWith(`${path}/`)));
}

/** The fields that a pointer is, or else the nearest above it that the mapping spells out. */
function nearest(pointer: string, targets: readonly TargetField[]): readonly TargetField[] {
  const steps = pointer.split("/").slice(1);
  const above = targets.filter(({ path }) => isAbove(path.split("/").slice(1), steps));
  const deepest = Math.max(0, ...above.map(({ path }) => path.length));
  return above.filter(({ path }) => path.length === deepest);
}

function isAbove(path: readonly string[], steps: readonly string[]): boolean {
  return path.length <= steps.length && path.every((step, index) => step === "*" || step === steps[index]);
}
