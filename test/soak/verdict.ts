import { type Check, check } from "../faults/fault.ts";
import { type Allowance, type Flatness, judgeFlat } from "./flatness.ts";
import type { Sample } from "./sampler.ts";

/** The share of the time that is left out of the judgement: caches fill, code is compiled, the log finds its size. */
export const WARM_UP = 1 / 3;

/** In less time the heap of a young process still grows, and what grows is no leak. */
export const LEAST_SECONDS = 600;

/** One quantity that must stay flat. */
export interface Judged extends Flatness {
  readonly name: string;
  readonly unit: string;
}

interface Rule extends Allowance {
  readonly name: string;
  readonly unit: string;
  readonly of: (samples: readonly Sample[]) => readonly number[];
}

/** @param rate of the load, messages a second */
function rules(rate: number): readonly Rule[] {
  const each = (pick: (sample: Sample) => number) => (samples: readonly Sample[]) => samples.map(pick);
  return [
    { name: "memory", unit: "MiB", share: 0.05, least: 16, of: each(({ memory }) => memory) },
    { name: "answer p50", unit: "ms", share: 0.5, least: 5, of: each(({ p50 }) => p50) },
    { name: "answer p99", unit: "ms", share: 0.5, least: 50, of: each(({ p99 }) => p99) },
    // What comes within half a second.
    { name: "backlog", unit: "messages", share: 0.5, least: rate / 2, of: each(({ backlog }) => backlog) },
    { name: "written ahead", unit: "MiB", share: 0.25, least: 64, of: each(({ log }) => log) },
    { name: "kept per message", unit: "KiB", share: 0.25, least: 0.25, of: keptPerMessage },
  ];
}

/** Nothing is forgotten, so the database grows; but each message must take as much as those before it. */
function keptPerMessage(samples: readonly Sample[]): readonly number[] {
  const [first] = samples;
  if (first === undefined) return [];
  const kept = (sample: Sample): number =>
    ((sample.database - first.database) * 1024) / (sample.messages - first.messages);
  return samples.map((sample, at) => kept(at === 0 ? (samples[1] ?? sample) : sample));
}

/** Judges all that must stay flat, after the warm-up. */
export function judgeSamples(samples: readonly Sample[], rate: number): readonly Judged[] {
  const from = (samples.at(-1)?.seconds ?? 0) * WARM_UP;
  const judged = samples.filter(({ seconds }) => seconds >= from);
  const at = judged.map(({ seconds }) => seconds);
  return rules(rate).map(({ name, unit, of, share, least }) => ({
    name,
    unit,
    ...judgeFlat({ at, values: of(judged) }, { share, least }),
  }));
}

export function flatnessCheck({ name, unit, growth, allowed, flat }: Judged): Check {
  const by = `${growth.toPrecision(3)} ${unit} over the time judged, ${allowed.toPrecision(3)} allowed`;
  return check(`${name} is flat`, flat, by);
}
