import { caseOf, INPUTS } from "./case.ts";
import type { Written } from "./corpus.ts";
import { type Judgement, openDuel, type Verdict } from "./judge.ts";
import { describe } from "./outcome.ts";
import { shrink } from "./shrink.ts";

/** What the runs of one worker came to. */
export interface Tally {
  runs: number;
  expressions: number;
  native: number;
  readonly verdicts: Record<Verdict, number>;
  /** Of `same`: how many were equal values, equal failures, both stopped. */
  readonly kinds: Record<"value" | "error" | "guard", number>;
  /** Why runs were refused or stopped, and how often. */
  readonly reasons: Record<string, number>;
}

export interface Difference {
  readonly run: number;
  readonly text: string;
  readonly input: unknown;
  readonly bindings: Readonly<Record<string, unknown>>;
  readonly ours: string;
  readonly theirs: string;
}

export function emptyTally(): Tally {
  return {
    runs: 0,
    expressions: 0,
    native: 0,
    verdicts: { same: 0, order: 0, input: 0, crash: 0, proto: 0, refused: 0, stopped: 0, different: 0 },
    kinds: { value: 0, error: 0, guard: 0 },
    reasons: {},
  };
}

export function addTally(sum: Tally, more: Tally): void {
  sum.runs += more.runs;
  sum.expressions += more.expressions;
  sum.native += more.native;
  for (const part of ["verdicts", "kinds", "reasons"] as const) {
    const target = sum[part] as Record<string, number>;
    for (const [name, count] of Object.entries(more[part])) target[name] = (target[name] ?? 0) + count;
  }
}

/** One expression on all its inputs. A difference is given as it was met; `smallest` makes it small. */
export async function runCase(
  seed: number,
  number: number,
  corpus: readonly Written[],
  tally: Tally,
): Promise<readonly Difference[]> {
  const { text, bindings, inputs } = caseOf(seed, number, corpus);
  const duel = openDuel(text);
  const differences: Difference[] = [];
  tally.expressions++;
  for (const [at, input] of inputs.entries()) {
    const judgement = await duel.judge(input, bindings);
    count(tally, judgement);
    if (judgement.verdict === "different") {
      const shown = { ours: describe(judgement.ours), theirs: describe(judgement.theirs) };
      differences.push({ run: number * INPUTS + at, text, input, bindings, ...shown });
    }
    // What cannot be read by both is one run, not as many as there are inputs.
    if (duel.early !== null) break;
  }
  return differences;
}

function count(tally: Tally, { verdict, reason, ours, native }: Judgement): void {
  tally.runs++;
  tally.verdicts[verdict]++;
  if (native) tally.native++;
  if (verdict === "same") tally.kinds[ours.kind]++;
  if (reason !== "")
    tally.reasons[`${verdict}: ${reason}`] = (tally.reasons[`${verdict}: ${reason}`] ?? 0) + 1;
}

/** A small expression and input that still differ in the same way. */
export async function smallest(difference: Difference): Promise<Difference> {
  const { bindings } = difference;
  const kinds = async (text: string, input: unknown): Promise<Judgement> =>
    openDuel(text).judge(input, bindings);
  const first = await kinds(difference.text, difference.input);
  const { text, input } = await shrink(difference, async (candidate) => {
    const judgement = await kinds(candidate.text, candidate.input);
    return (
      judgement.verdict === "different" &&
      judgement.ours.kind === first.ours.kind &&
      judgement.theirs.kind === first.theirs.kind
    );
  });
  const found = await kinds(text, input);
  return { ...difference, text, input, ours: describe(found.ours), theirs: describe(found.theirs) };
}
