import { describe, expect, it } from "vitest";
import { compileMapping } from "../../src/mapping/compile.ts";
import { describeEmits, locateField } from "../../src/mapping/locate.ts";

const TEXT = `(
  $mail := function($a){ { "address": $a, "kind": "work" } };
  {
    "id": KUNNR,
    "name": { "full": NAME1 & " " & NAME2, 'first': NAME1 },
    "emails": [ { "address": EMAIL } ],
    "lines": POS.{ "sku": MATNR, "tax": { "rate": RATE } },
    "byKind": X{ KIND: { "total": $sum(N) } }
  }
)`;

describe("where a mapping makes a member", () => {
  const mapping = compileMapping(TEXT, { path: "customer.jsonata" });

  it.each([
    ["/id", 4, 5],
    ["/name", 5, 5],
    ["/name/full", 5, 15],
    ["/name/first", 5, 44],
    ["/emails/0/address", 6, 19],
    ["/lines/3/tax/rate", 7, 43],
    ["/byKind/work/total", 8, 26],
  ])("%s is at %i:%i", (pointer, line, column) => {
    expect(locateField(mapping, pointer)).toEqual({ file: "customer.jsonata", line, column });
  });

  it("is the nearest pair when the member itself is not spelled out", () => {
    expect(locateField(mapping, "/name/middle")).toEqual({ file: "customer.jsonata", line: 5, column: 5 });
  });

  it("is unknown when nothing of it is", () => {
    expect(locateField(mapping, "/phone")).toBeUndefined();
    expect(locateField(mapping, "")).toBeUndefined();
  });

  it("is added to the findings of the emits-schema", () => {
    const issues = [
      { place: { field: "/emails/0/address" }, message: "is missing (required)" },
      { message: "x" },
    ];
    expect(describeEmits(issues, mapping)).toEqual([
      {
        place: { file: "customer.jsonata", line: 6, column: 19, field: "/emails/0/address" },
        message: "is missing (required)",
      },
      { message: "x" },
    ]);
  });
});
