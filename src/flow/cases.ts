import { asHubError, HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";
import { type Difference, differences } from "./case-diff.ts";
import type { Case } from "./case-file.ts";

export { formatDiff } from "./case-diff.ts";
export { type Case, parseCases, readCases } from "./case-file.ts";

/**
 * Takes a case's input down the flow and answers with what would be delivered, or with the error that ended it;
 * undefined when nothing would be. It may throw a HubError as well. A case whose `in` is text brings a raw record.
 */
export type RunCase = (input: Case) => Promise<Json | HubError | undefined>;

export interface CaseResult {
  readonly case: Case;
  readonly passed: boolean;
  /** Where a result that came differs from the one expected. */
  readonly differences: readonly Difference[];
  /** What went wrong when no result can be compared: an error where none was expected, or another one, or none. */
  readonly problem?: string;
  /** The error the flow ended with, expected or not. */
  readonly error?: HubError;
  readonly milliseconds: number;
}

/** Runs cases one after the other, so that their times can be compared. It never throws for a failing case. */
export async function runCases(
  cases: readonly Case[],
  run: RunCase,
  clock: () => number = () => performance.now(),
): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for (const item of cases) {
    const started = clock();
    const got = await outcome(item, run);
    results.push({ case: item, ...judge(item, got), milliseconds: clock() - started });
  }
  return results;
}

async function outcome(item: Case, run: RunCase): Promise<Json | HubError | undefined> {
  try {
    return await run(item);
  } catch (thrown) {
    return asHubError(thrown);
  }
}

type Verdict = Pick<CaseResult, "passed" | "differences" | "problem" | "error">;

function judge(item: Case, got: Json | HubError | undefined): Verdict {
  if (got instanceof HubError) {
    if (got.code === item.error) return { passed: true, differences: [], error: got };
    const wanted = item.error === undefined ? "a result" : item.error;
    const problem = `expected ${wanted}   got ${got.code}: ${got.describe()}`;
    return { passed: false, differences: [], problem, error: got };
  }
  if (item.error !== undefined) {
    return { passed: false, differences: [], problem: `expected ${item.error}   got a result` };
  }
  const found = differences(item.out, got);
  return { passed: found.length === 0, differences: found };
}
