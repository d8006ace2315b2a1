import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readCorpus } from "./corpus.ts";
import { openDuel } from "./judge.ts";
import { describe as shown } from "./outcome.ts";
import { emptyTally, runCase, smallest } from "./run.ts";

/** Found by fuzzing, made small; each was once a difference from the library. */
const FOUND = JSON.parse(
  readFileSync(new URL("../mapping/differential-cases.json", import.meta.url), "utf8"),
) as readonly { readonly text: string; readonly input: unknown }[];

/** `npm run fuzz:mapping` makes a million runs; this many take a few seconds. */
const EXPRESSIONS = 400;

describe("the mapping engine answers as the published library", () => {
  it.each(FOUND)("$text over $input", async ({ text, input }) => {
    const { verdict, ours, theirs } = await openDuel(text).judge(input, {});
    expect(verdict, `ours ${shown(ours)}, library ${shown(theirs)}`).not.toBe("different");
  });

  it.each([
    ["a fixed seed", 20_261_127],
    ["a seed of its own", Math.floor(Math.random() * 2 ** 31)],
  ])("on generated and mutated expressions of %s, %i", { timeout: 120_000 }, async (_what, seed) => {
    const corpus = readCorpus();
    const tally = emptyTally();
    for (let number = 0; number < EXPRESSIONS; number++) {
      const [found] = await runCase(seed, number, corpus, tally);
      if (found === undefined) continue;
      const { run, text, input, ours, theirs } = await smallest(found);
      expect.fail(
        `npm run fuzz:mapping -- --seed ${seed} --run ${run}: ${text} over ${JSON.stringify(input)}: ours ${ours}, library ${theirs}`,
      );
    }
    // An engine that refused everything would differ in nothing.
    expect(tally.kinds.value).toBeGreaterThan(tally.runs / 3);
    expect(tally.verdicts.refused).toBeLessThan(tally.expressions / 20);
  });
});
