import type { Difference, Tally } from "./run.ts";

export interface FuzzReport {
  readonly seed: number;
  readonly seconds: number;
  readonly total: Tally;
  readonly differences: readonly Difference[];
}

export function asJson({ seed, seconds, total, differences }: FuzzReport): string {
  return JSON.stringify({ fuzz: "mapping", seed, seconds, ...total, differences: distinct(differences) });
}

export function asText({ seed, seconds, total, differences }: FuzzReport): string {
  const { verdicts, kinds } = total;
  const lines = distinct(differences).flatMap(({ run, text, input, ours, theirs }) => [
    `different: seed ${seed}, run ${run}`,
    `  expression  ${text}`,
    `  input       ${JSON.stringify(input) ?? "nothing"}`,
    `  ours        ${clip(ours)}`,
    `  library     ${clip(theirs)}`,
  ]);
  const reasons = Object.entries(total.reasons)
    .sort(([, left], [, right]) => right - left)
    .map(([reason, count]) => `  ${String(count).padStart(8)}  ${reason}`);
  return [
    ...lines,
    `seed ${seed}: ${total.runs} runs of ${total.expressions} expressions in ${seconds.toFixed(0)} s, ${total.native} of them native`,
    `  ${verdicts.same} the same: ${kinds.value} values, ${kinds.error} failures by code, ${kinds.guard} stopped by both`,
    `  ${verdicts.order} as the library when it takes members in order (it reports whichever fails first)`,
    `  ${verdicts.input} as the library when it does not write to its input`,
    `  ${verdicts.crash} where the library fails with an error of JavaScript itself`,
    `  ${verdicts.proto} where the library loses a member called __proto__`,
    `  ${verdicts.refused} refused when compiled, ${verdicts.stopped} stopped by a limit:`,
    ...reasons,
    `  ${verdicts.different} different`,
  ].join("\n");
}

/** Each pair of outcomes of one expression once. */
function distinct(differences: readonly Difference[]): readonly Difference[] {
  return [...new Map(differences.map((one) => [`${one.text} ${one.ours} ${one.theirs}`, one])).values()];
}

function clip(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
