import { describe, expect, it } from "vitest";
import { describeWanted, judge } from "./judge.ts";
import { NO_SUITE, readSuite, type SuiteCase, suiteFolder } from "./suite.ts";

const folder = suiteFolder();
const groups = new Map<string, SuiteCase[]>();
for (const one of folder === null ? [] : readSuite(folder)) {
  groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
}

/** As many as the suite of jsonata 2.2.2 has: a suite that lost its files must not look green. */
const CASES = 1_686;

describe("the official JSONata suite", () => {
  it("is whole", (context) => {
    if (folder === null) context.skip(NO_SUITE);
    expect([...groups.values()].flat()).toHaveLength(CASES);
  });

  it.each([...groups])("%s", { timeout: 60_000 }, (_group, cases) => {
    const wrong: string[] = [];
    for (const one of cases) {
      const { passed, found } = judge(one);
      if (!passed)
        wrong.push(`${one.name}: ${one.expr}: wanted ${describeWanted(one.wanted)}, found ${found}`);
    }
    expect(wrong).toEqual([]);
  });
});
