import { isDeepStrictEqual } from "node:util";
import type { Bench, BenchOptions, BenchReport, Figure } from "./bench.ts";
import { compiled } from "./compiled.ts";
import { besideRows } from "./mapping/beside.ts";
import type { Kind } from "./mapping/kind.ts";
import { KINDS, recordsOf, SHAPES, type Shape } from "./mapping/kinds.ts";
import { geometricMean, rate, rateOfPromises } from "./mapping/measure.ts";
import { type MappingSides, openSides } from "./mapping/sides.ts";
import { alternate, of } from "./rounds.ts";
import { atLeast, atMost, figure, median, ratios } from "./statistics.ts";

const RECORDS = 512;
const SLICE_MS = 250;
const QUICK_MS = 40;
const COMPILES = 20;

const SIDES = ["library", "reference", "compiled", "unlimited", "byHand"] as const;
type SideName = (typeof SIDES)[number];

export const bench: Bench = {
  name: "mapping",
  about: "six kinds of mapping, against the jsonata library and hand-written JavaScript",
  run,
};

/** Rates of one kind and shape, by side and round. */
interface Measured {
  readonly kind: Kind;
  readonly shape: Shape;
  readonly rates: Readonly<Record<SideName, readonly number[]>>;
}

async function run(options: BenchOptions): Promise<BenchReport> {
  const slice = options.quick ? QUICK_MS : SLICE_MS;
  const first: Figure[] = [];
  const compiles: Figure[] = [];
  const measured: Measured[] = [];
  for (const kind of KINDS) {
    const [cold, warm] = await compileTimes(kind, options.rounds);
    first.push(cold);
    compiles.push(warm);
    const sides = await openSides(kind);
    for (const shape of SHAPES) {
      const records = recordsOf(kind, shape, RECORDS);
      await verify(kind, shape, sides, records);
      options.note(`${kind.name}, ${shape}: all sides give the same for ${records.length} records`);
      const results = await alternate(measures(sides, records, slice), options.rounds, () => undefined);
      const rates = Object.fromEntries(SIDES.map((name) => [name, of(results, name)])) as Measured["rates"];
      measured.push({ kind, shape, rates });
    }
  }
  options.note("shadow and look-ups");
  return report(measured, first, compiles, await besideRows(options, slice));
}

function measures(sides: MappingSides, records: readonly object[], slice: number) {
  // The library writes to its input: an empty list that is grouped gets a member.
  const own = structuredClone(records);
  return SIDES.map((name) => ({
    name,
    run: async (): Promise<number> =>
      name === "library" ? rateOfPromises(sides.library, own, slice) : rate(sides[name], records, slice),
  }));
}

/** @throws Error when a side gives another result than the library: then its speed says nothing */
async function verify(
  kind: Kind,
  shape: Shape,
  sides: MappingSides,
  records: readonly object[],
): Promise<void> {
  for (const record of records) {
    const wanted = JSON.parse(JSON.stringify(await sides.library(structuredClone(record)))) as unknown;
    for (const name of SIDES) {
      if (name === "library") continue;
      const found = sides[name](record);
      const isSame = isDeepStrictEqual(found, wanted) && JSON.stringify(found) === JSON.stringify(wanted);
      if (!isSame)
        throw new Error(
          `${kind.name}, ${shape}: ${name} gives ${JSON.stringify(found)} and not ${JSON.stringify(wanted)}`,
        );
    }
  }
}

/** Milliseconds of the first compilation in this process, and of later ones by round. */
async function compileTimes(kind: Kind, rounds: number): Promise<readonly [Figure, Figure]> {
  const { compileMapping } =
    await compiled<typeof import("../../src/mapping/compile.ts")>("src/mapping/compile");
  let texts = 0;
  const once = (): number => {
    // Another text each time: what was compiled before is remembered.
    const text = `${kind.text}/* ${texts++} */`;
    const started = performance.now();
    compileMapping(text, { path: kind.name });
    return performance.now() - started;
  };
  const cold = once();
  const warm = Array.from({ length: rounds }, () => median(Array.from({ length: COMPILES }, once)));
  return [
    figure(`${kind.name}: compiled for the first time`, "ms", [cold]),
    figure(`${kind.name}: compiled again`, "ms", warm),
  ];
}

function report(
  measured: readonly Measured[],
  first: readonly Figure[],
  compiles: readonly Figure[],
  beside: readonly Figure[],
): BenchReport {
  const over = (one: Measured, ours: SideName, theirs: SideName): number =>
    median(ratios(one.rates[ours], one.rates[theirs]));
  const all = (shape: Shape, ours: SideName, theirs: SideName): number[] =>
    measured.filter((one) => one.shape === shape).map((one) => over(one, ours, theirs));
  const both = (ours: SideName, theirs: SideName): number[] =>
    SHAPES.flatMap((shape) => all(shape, ours, theirs));
  const guards = geometricMean(both("unlimited", "compiled")) - 1;
  return {
    rows: [
      ...measured.flatMap(({ kind, shape, rates }) =>
        SIDES.map((side) => figure(`${kind.name}, ${shape}: ${NAMES[side]}`, "records/s", rates[side])),
      ),
      ...first,
      ...compiles,
      ...beside,
    ],
    table: sideBySide(measured, over),
    targets: [
      atLeast(
        "compiled over library, geometric mean, uniform",
        100,
        geometricMean(all("uniform", "compiled", "library")),
      ),
      atLeast("compiled over library, least of both shapes", 40, Math.min(...both("compiled", "library"))),
      atLeast(
        "compiled over hand-written, geometric mean, uniform",
        0.45,
        geometricMean(all("uniform", "compiled", "byHand")),
      ),
      atLeast(
        "compiled over hand-written, least of both shapes",
        0.22,
        Math.min(...both("compiled", "byHand")),
      ),
      atMost("compiling again, slowest kind, ms", 5, Math.max(...compiles.map((one) => one.median))),
      atMost("cost of limits within reach, geometric mean", 0.1, guards),
    ],
    remarks: [
      "Every side gave the identical result, key order included, for every record before it was timed.",
      "Mixed: 16 ways of being incomplete: fields missing, lists empty, one where a list is. All kinds run in one process, as in a hub.",
      "Time with a shadow, and with look-ups: over that of the same evaluations without. Answers are at hand, so what the store takes is not in it; a record that looks something up is mapped twice.",
      "Limits out of reach are still counted towards: the cost of a limit is that of meeting it, not all of the guard rails.",
      `Mixed shapes: ${geometricMean(all("mixed", "compiled", "library")).toFixed(0)} times the library and ${geometricMean(all("mixed", "compiled", "byHand")).toFixed(2)} of hand-written, geometric means.`,
      `The synchronous reference is ${geometricMean(both("reference", "library")).toFixed(1)} times the published library.`,
    ],
  };
}

const NAMES: Readonly<Record<SideName, string>> = {
  library: "library",
  reference: "synchronous reference",
  compiled: "compiled",
  unlimited: "compiled, limits out of reach",
  byHand: "hand-written",
};

function sideBySide(
  measured: readonly Measured[],
  over: (one: Measured, ours: SideName, theirs: SideName) => number,
): readonly (readonly string[])[] {
  const head = [
    "records/s, medians",
    "library",
    "reference",
    "compiled",
    "hand-written",
    "x library",
    "of hand",
    "",
  ];
  const lines = measured.map((one) => [
    `${one.kind.name}, ${one.shape}`,
    ...(["library", "reference", "compiled", "byHand"] as const).map((side) =>
      Math.round(median(one.rates[side])).toLocaleString("en-US"),
    ),
    over(one, "compiled", "library").toFixed(1),
    over(one, "compiled", "byHand").toFixed(2),
    "",
  ]);
  return [head, ...lines];
}
