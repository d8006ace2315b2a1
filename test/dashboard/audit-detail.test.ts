import { expect, test } from "vitest";
import { pairsOf } from "../../src/dashboard/screen/audit-detail.ts";

const said = (detail: unknown): readonly string[] =>
  pairsOf(typeof detail === "string" ? detail : JSON.stringify(detail)).map(
    ({ name, value, kind }) => `${name}: ${value}${kind === "text" ? "" : ` (${kind})`}`,
  );

test("what an act was about is told as names and values, groups without their names", () => {
  const selection = { messages: ["m-1", "m-2"], state: "parked", since: 0 };
  const options = { version: "current", routes: [], allowStale: false };
  expect(said({ selection, options })).toEqual([
    ...["messages: m-1, m-2", "state: parked", "since: 1970-01-01T00:00:00.000Z (moment)"],
    ...["version: current", "allow stale: no"],
  ]);
  expect(said({ before: null, after: "ab".repeat(32) })).toEqual([
    "before: none",
    `after: ${"ab".repeat(32)} (hash)`,
  ]);
  expect(said([{ flow: "orders", message: { place: 5, at: 1000, event: null } }, { flow: "calls" }])).toEqual(
    [...["flow: orders", "place: 5", "at: 1970-01-01T00:00:01.000Z (moment)", "event: none", "flow: calls"]],
  );
});

test("what is no moment and no JSON is told as it is", () => {
  expect(said({ until: 1e300, failures: 5 })).toEqual(["until: 1e+300", "failures: 5"]);
  expect(said({ until: "tomorrow", disabled: true })).toEqual(["until: tomorrow", "disabled: yes"]);
  expect(said("{ torn")).toEqual([": { torn"]);
  expect(said("{}")).toEqual([]);
});
