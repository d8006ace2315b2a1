/** Neighbours that are one and the same value, and how many they are. */
export function* runsOf<Value>(values: readonly Value[]): Generator<readonly [Value, number]> {
  for (let from = 0, to = 0; from < values.length; from = to) {
    const value = values[from] as Value;
    while (to < values.length && values[to] === value) to += 1;
    yield [value, to - from];
  }
}
