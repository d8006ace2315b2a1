/** Conditions that must all hold, with their values. */
export interface Conditions<Value> {
  readonly values: readonly Value[];
  /** @returns what stands for the value in a text */
  put(value: Value): string;
  /** @param text in which `$?` stands for the value, wherever it comes */
  add(text: string, value?: Value): void;
  /** `true` without any. */
  text(): string;
  /** What stands for the value that is given after these. */
  next(): string;
}

/**
 * @param mark what the database has before the number of a parameter
 * @param first number of the first parameter
 */
export function conditions<Value>(mark: "$" | "?", first = 1): Conditions<Value> {
  const texts: string[] = [];
  const values: Value[] = [];
  const next = (): string => `${mark}${first + values.length}`;
  const put = (value: Value): string => {
    const own = next();
    values.push(value);
    return own;
  };
  return {
    ...{ values, put, next },
    add(text, value) {
      texts.push(value === undefined ? text : text.replaceAll("$?", put(value)));
    },
    text: () => (texts.length === 0 ? "true" : texts.join(" AND ")),
  };
}
