/**
 * Counters are kept as one flat record of numbers, because only plain data crosses from the engine thread to the front.
 * A key reads like a metric: `accepted{flow="erp-customers"}`.
 */

/** Every counter, with the labels it takes. Names and units as shown in `/metrics` stand in `metrics.ts`. */
export interface CounterLabels {
  readonly accepted: { readonly flow: string };
  readonly duplicates: { readonly flow: string };
  readonly refused: { readonly flow: string; readonly code: string };
  readonly delivered: { readonly flow: string; readonly target: string };
  readonly parked: { readonly flow: string; readonly cause: string };
  readonly attempts: { readonly target: string; readonly outcome: string };
  readonly file_rows: { readonly flow: string; readonly result: string };
  readonly mapping_shadow: { readonly flow: string; readonly result: string };
  readonly dispatch: { readonly event: string };
  readonly forgotten: { readonly kind: string };
  readonly slots: { readonly flow: string; readonly result: string };
}

/** Every duration, kept as a histogram of seconds. */
export interface DurationLabels {
  readonly delivery: { readonly target: string };
  readonly end_to_end: { readonly flow: string };
  readonly mapping: { readonly flow: string };
}

export type CounterName = keyof CounterLabels;
export type DurationName = keyof DurationLabels;
export type Labels = Readonly<Record<string, string>>;

/** Upper bounds of the histogram's buckets, seconds. */
export const BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600] as const;

export interface Counters {
  add<Name extends CounterName>(name: Name, labels: CounterLabels[Name], n: number): void;
  /** Records one duration in seconds. */
  observe<Name extends DurationName>(name: Name, labels: DurationLabels[Name], seconds: number): void;
  /** The same for many durations at once. */
  observeAll<Name extends DurationName>(
    name: Name,
    labels: DurationLabels[Name],
    seconds: readonly number[],
  ): void;
  /** The present values by key; the record is live, so copy it before it is kept. */
  readonly values: Readonly<Record<string, number>>;
}

export function openCounters(): Counters {
  const values: Record<string, number> = {};
  const addTo = (key: string, n: number): void => {
    values[key] = (values[key] ?? 0) + n;
  };
  const observeAll = (name: DurationName, labels: Labels, seconds: readonly number[]): void => {
    if (seconds.length === 0) return;
    const counts = new Array<number>(BUCKETS.length + 1).fill(0);
    let sum = 0;
    for (const one of seconds) {
      let bucket = 0;
      while (bucket < BUCKETS.length && one > (BUCKETS[bucket] as number)) bucket += 1;
      counts[bucket] = (counts[bucket] as number) + 1;
      sum += one;
    }
    for (const [bucket, n] of counts.entries())
      if (n > 0) addTo(counterKey(`${name}_bucket`, { ...labels, le: String(BUCKETS[bucket] ?? "+Inf") }), n);
    addTo(counterKey(`${name}_sum`, labels), sum);
  };
  return {
    values,
    add: (name, labels, n) => addTo(counterKey(name, labels), n),
    observe: (name, labels, seconds) => observeAll(name, labels, [seconds]),
    observeAll,
  };
}

/** `name{a="x",b="y"}` with the labels in alphabetical order and their values escaped as in the exposition format. */
export function counterKey(name: string, labels: Labels): string {
  const parts = Object.keys(labels)
    .sort()
    .map((label) => `${label}="${(labels[label] ?? "").replace(/[\\"\n]/g, escaped)}"`);
  return `${name}{${parts.join(",")}}`;
}

function escaped(char: string): string {
  return char === "\n" ? "\\n" : `\\${char}`;
}

/** What `counterKey` made, taken apart again; undefined for anything else. */
export function parseCounterKey(key: string): { readonly name: string; readonly labels: Labels } | undefined {
  const match = /^([a-z_]+)\{(.*)\}$/s.exec(key);
  if (match === null) return undefined;
  const labels: Record<string, string> = {};
  for (const [, label = "", value = ""] of (match[2] ?? "").matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/gs)) {
    labels[label] = value.replace(/\\(.)/gs, (_, char: string) => (char === "n" ? "\n" : char));
  }
  return { name: match[1] ?? "", labels };
}
