import type { Reporter, TestCase, TestModule } from "vitest/node";

/** Closes a run with its totals on one line, after every skip with its reason. */
export default class Totals implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const cases = modules.flatMap((module) => [...module.children.allTests()]);
    const broken = modules.filter((module) => module.errors().length > 0).length;
    const of = (state: string): readonly TestCase[] => cases.filter((one) => one.result().state === state);
    for (const one of of("skipped")) console.log(`skipped: ${one.fullName}: ${reasonOf(one)}`);
    console.log(
      `${of("passed").length} passed, ${of("failed").length + broken} failed, ${of("skipped").length} skipped`,
    );
  }
}

function reasonOf(one: TestCase): string {
  const result = one.result();
  return (result.state === "skipped" ? result.note : undefined) ?? "no reason given";
}
