/**
 * `npm run test:jsonata`: the official JSONata suite (1,686 cases, other people's files, not part of this repository)
 * through the mapping engine. JSONATA_SUITE names its folder; without one it is `../shared/jsonata-suite`, and where that
 * is absent it counts as one skip. Cases that need what hub mappings may not do run with those refusals lifted.
 */
import { describeWanted, type Judged, judge } from "./judge.ts";
import { NO_SUITE, readSuite, type SuiteCase, suiteFolder } from "./suite.ts";

interface Tally {
  passed: number;
  failed: number;
}

const folder = suiteFolder();
if (folder === null) {
  console.log(`skipped: ${NO_SUITE}`);
  console.log("0 passed, 0 failed, 1 skipped");
} else {
  const all = readSuite(folder).map((one) => [one, judge(one)] as const);
  const failures = all.filter(([, { passed }]) => !passed);
  if (failures.length > 0) printFailures(all, failures);
  const by = (native: boolean | null): number => all.filter(([, judged]) => judged.native === native).length;
  console.log(`${by(true)} native, ${by(false)} by the reference library, ${by(null)} refused when compiled`);
  const unsafe = all.filter(([, { neededUnsafe }]) => neededUnsafe).length;
  console.log(`${unsafe} with the refusals of $eval, look-around and back-references lifted`);
  console.log(`${all.length - failures.length} passed, ${failures.length} failed, 0 skipped`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

function printFailures(
  all: readonly (readonly [SuiteCase, Judged])[],
  failures: readonly (readonly [SuiteCase, Judged])[],
): void {
  const groups = new Map<string, Tally>();
  for (const [{ group }, { passed }] of all) {
    const tally = groups.get(group) ?? { passed: 0, failed: 0 };
    tally[passed ? "passed" : "failed"]++;
    groups.set(group, tally);
  }
  for (const [{ group, name, expr, wanted }, { found }] of failures) {
    console.log(`${group}/${name}: ${JSON.stringify(expr).slice(0, 200)}`);
    console.log(`    wanted ${describeWanted(wanted)}`);
    console.log(`    found  ${found}`);
  }
  console.log(`\n${"group".padEnd(32)} passed  failed`);
  for (const [group, { passed, failed }] of groups) {
    if (failed > 0)
      console.log(`${group.padEnd(32)} ${String(passed).padStart(6)}  ${String(failed).padStart(6)}`);
  }
  console.log("");
}
