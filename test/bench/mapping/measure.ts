/** Keeps results alive, so that no side's work can be left out. */
let kept: unknown;

/** Records a second of a plain function, over the records again and again for so many milliseconds. */
export function rate(
  map: (record: object) => unknown,
  records: readonly object[],
  milliseconds: number,
): number {
  const started = performance.now();
  let done = 0;
  let took = 0;
  do {
    for (const record of records) kept = map(record);
    done += records.length;
    took = performance.now() - started;
  } while (took < milliseconds);
  return kept === records ? 0 : (done / took) * 1_000;
}

/** The same of a function that answers with a promise. The clock is read after a few records: it is slow. */
export async function rateOfPromises(
  map: (record: object) => Promise<unknown>,
  records: readonly object[],
  milliseconds: number,
): Promise<number> {
  const started = performance.now();
  let done = 0;
  for (;;) {
    for (let few = 0; few < 16; few++) kept = await map(records[done++ % records.length] as object);
    const took = performance.now() - started;
    if (took >= milliseconds) return (done / took) * 1_000;
  }
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
