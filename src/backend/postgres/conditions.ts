import type { SqlValue } from "./sql.ts";

/** Conditions that must all hold, with their values. */
export interface Conditions {
  readonly values: readonly SqlValue[];
  /** @param text in which `$?` stands for the value, wherever it comes */
  add(text: string, value?: SqlValue): void;
  /** `true` without any. */
  text(): string;
}

/** @param first number of the first parameter */
export function conditions(first = 1): Conditions {
  const texts: string[] = [];
  const values: SqlValue[] = [];
  return {
    values,
    add(text, value) {
      if (value !== undefined) values.push(value);
      texts.push(text.replaceAll("$?", `$${first + values.length - 1}`));
    },
    text: () => (texts.length === 0 ? "true" : texts.join(" AND ")),
  };
}
