import { judgeMapping, type MappingContract } from "../config/strict/check-strict.ts";
import { asHubError, type HubError, type Issue } from "../errors.ts";
import { parseJson } from "../format/json.ts";
import { compileMapping } from "../mapping/compile.ts";
import type { Answers } from "../mapping/look-up.ts";
import type { Json } from "../message/json.ts";
import { compileSchema } from "../schema/compile.ts";
import type { Schema } from "../schema/schema.ts";
import { type RecordInfo, recordBindings } from "./compile.ts";
import { type Coverage, recordCoverage } from "./coverage.ts";
import { emitsFailure } from "./emits-failure.ts";
import { type FlowDesk, openFlowDesk } from "./flow-desk.ts";

/** One thing to mend, in the mapping or in the sample. */
export interface Problem {
  readonly in: "mapping" | "sample";
  readonly severity: "error" | "warning";
  readonly code: string | null;
  readonly message: string;
  readonly cure: string | null;
  /** From 1; null where it has no place. */
  readonly line: number | null;
  readonly column: number | null;
  readonly field: string | null;
}

/** What a mapping makes of one sample. */
export interface Evaluation {
  /** Null: there is none, or the mapping gives nothing; `problems` tell. */
  readonly result: Json | null;
  readonly problems: readonly Problem[];
  /** Null where the mapping cannot be read. */
  readonly coverage: Coverage | null;
  readonly milliseconds: number;
}

/**
 * Evaluates a text as the mapping of a flow over the text of a sample, which is JSON. It never throws for either.
 * @param answers what its look-ups get; code lists are those of the flow, and one that it lacks finds nothing
 */
export function evaluateDraft(
  contract: MappingContract & { readonly map: string },
  text: string,
  sample: string,
  info: RecordInfo,
  answers: Answers,
): Evaluation {
  const flow = { ...contract, texts: { ...contract.texts, [contract.map]: text } };
  const problems: Problem[] = [];
  const none = { result: null, coverage: null, milliseconds: 0 };
  const desk = attempt("mapping", problems, () => openFlowDesk([{ text, path: flow.map }], flow.texts));
  if (desk === undefined) return { ...none, problems };
  const { functions } = desk;
  const mapping = attempt("mapping", problems, () => compileMapping(text, { path: flow.map, functions }));
  if (mapping === undefined) return { ...none, problems };
  problems.push(...desk.lacking.map(lackingProblem));
  problems.push(...judgeMapping(flow).map((one) => toProblem("mapping", one.severity, one)));
  const record = attempt("sample", problems, () => parseJson(Buffer.from(sample)));
  if (record === undefined) return { ...none, problems };
  problems.push(...broken(flow, flow.accepts, record).map((issue) => toProblem("sample", "error", issue)));
  const bindings = recordBindings(info);
  const started = performance.now();
  let result: Json | undefined;
  try {
    result = desk.serve(answers, () => mapping.evaluate(record, bindings)).result;
  } catch (thrown) {
    problems.push(failureProblem("mapping", asHubError(thrown)));
  }
  const milliseconds = performance.now() - started;
  // What was judged to be wrong for every record need not be told of this one again.
  const isTold = (one: Problem): boolean =>
    problems.some(
      ({ line, column, severity }) => severity === "error" && line === one.line && column === one.column,
    );
  if (result !== undefined) problems.push(...emitsProblems(flow, result).filter((one) => !isTold(one)));
  const recorder = recordCoverage(flow);
  recorder?.add(record, result, bindings, answers);
  return { result: result ?? null, problems, coverage: recorder?.report() ?? null, milliseconds };
}

function attempt<T>(where: Problem["in"], problems: Problem[], work: () => T): T | undefined {
  try {
    return work();
  } catch (thrown) {
    problems.push(failureProblem(where, asHubError(thrown)));
    return undefined;
  }
}

function lackingProblem({ list, place }: FlowDesk["lacking"][number]): Problem {
  const message = `no code list ${list} was read with the mapping, so $code finds nothing`;
  const cure = "Lists are read with the flow whose mapping names them: save, and open the mapping again.";
  return toProblem("mapping", "warning", { message, place, cure });
}

function failureProblem(where: Problem["in"], error: HubError): Problem {
  const { message, cure, place = {} } = error;
  return { ...toProblem(where, "error", { message, cure, place }), code: error.code };
}

function toProblem(
  where: Problem["in"],
  severity: Problem["severity"],
  { message, place, cure }: Issue & { readonly cure?: string },
): Problem {
  const { line = null, column = null, field = null } = place ?? {};
  return { in: where, severity, code: null, message, cure: cure ?? null, line, column, field };
}

function broken(flow: MappingContract, path: string | null, value: Json): readonly Issue[] {
  return schemaOf(flow, path)?.validate(value) ?? [];
}

function emitsProblems(flow: MappingContract, result: Json): readonly Problem[] {
  const schema = schemaOf(flow, flow.emits);
  const issues = schema?.validate(result) ?? [];
  if (schema === null || issues.length === 0) return [];
  const error = emitsFailure(flow)(schema, issues);
  return error.issues.map((issue) => ({ ...toProblem("mapping", "error", issue), code: error.code }));
}

function schemaOf(flow: MappingContract, path: string | null): Schema | null {
  const text = path === null ? undefined : flow.texts[path];
  if (path === null || text === undefined) return null;
  return compileSchema(text, path, (other) => flow.texts[other]);
}
