/** The rows' values by column, as `unnest` takes them. */
export function columnsOf<Value>(rows: readonly (readonly Value[])[], width: number): Value[][] {
  const columns: Value[][] = Array.from({ length: width }, () => []);
  for (const row of rows)
    for (let column = 0; column < width; column++) columns[column]?.push(row[column] as Value);
  return columns;
}

/** Byte values of many rows as one parameter, which travels as it is: an array would be sent as twice as many digits. */
export interface Joined {
  readonly bytes: Uint8Array;
  /** Position of each, from 1, and its length: what `substring` takes. */
  readonly from: readonly number[];
  readonly length: readonly number[];
}

export function join(values: readonly Uint8Array[]): Joined {
  const length = values.map((value) => value.byteLength);
  return { bytes: Buffer.concat(values), from: placesOf(length), length };
}

/** Positions, from 1, of values that follow each other. */
export function placesOf(lengths: readonly number[]): readonly number[] {
  let next = 1;
  return lengths.map((length) => {
    next += length;
    return next - length;
  });
}

/** `$1::bigint[], $2::text[]`: parameters from number `first` on, by the names of their types. */
export function unnested(types: readonly string[], first = 1): string {
  return types.map((type, index) => `$${first + index}::${type}[]`).join(", ");
}
