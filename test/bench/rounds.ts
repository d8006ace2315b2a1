/** One of the things measured side by side. */
export interface Side<Result> {
  readonly name: string;
  run(round: number): Promise<Result>;
}

/**
 * Runs the sides in turn, A B A B, so that what else the machine does falls on all of them alike. The round before the
 * first is a warm-up and is not counted.
 */
export async function alternate<Result>(
  sides: readonly Side<Result>[],
  rounds: number,
  note: (line: string) => void,
  { warmUp = true }: { readonly warmUp?: boolean } = {},
): Promise<ReadonlyMap<string, readonly Result[]>> {
  const results = new Map<string, Result[]>(sides.map((side) => [side.name, []]));
  for (let round = warmUp ? 0 : 1; round <= rounds; round++) {
    for (const side of sides) {
      const result = await side.run(round);
      const shown = typeof result === "number" ? `: ${result.toFixed(2)}` : "";
      note(`${round === 0 ? "warm-up" : `round ${round} of ${rounds}`}, ${side.name}${shown}`);
      if (round > 0) results.get(side.name)?.push(result);
    }
  }
  return results;
}

/** The results of one side. */
export function of<Result>(results: ReadonlyMap<string, readonly Result[]>, name: string): readonly Result[] {
  const found = results.get(name);
  if (found === undefined) throw new RangeError(`no side is named ${name}`);
  return found;
}
