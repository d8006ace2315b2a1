import type { SqlValue } from "./sql.ts";

/** Conditions that must all hold, with their values. */
export interface Conditions {
  readonly values: readonly SqlValue[];
  /** @returns what stands for the value in a text */
  put(value: SqlValue): string;
  /** @param text in which `$?` stands for the value, wherever it comes */
  add(text: string, value?: SqlValue): void;
  /** `true` without any. */
  text(): string;
}

/** @param first number of the first parameter */
export function conditions(first = 1): Conditions {
  const texts: string[] = [];
  const values: SqlValue[] = [];
  const put = (value: SqlValue): string => {
    values.push(value);
    return `$${first + values.length - 1}`;
  };
  return {
    values,
    put,
    add(text, value) {
      texts.push(value === undefined ? text : text.replaceAll("$?", put(value)));
    },
    text: () => (texts.length === 0 ? "true" : texts.join(" AND ")),
  };
}
