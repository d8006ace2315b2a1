import { describe, expect, it } from "vitest";
import type { HubError } from "../../src/errors.ts";
import { codeList } from "../../src/mapping/code-list.ts";
import { compileMapping } from "../../src/mapping/compile.ts";
import { type Answers, lookUpKey, TOO_LARGE, UNKNOWN } from "../../src/mapping/look-up.ts";
import { LOOK_UPS, lookUpCalls } from "../../src/mapping/look-up-calls.ts";
import { lookUpDesk, Unanswered } from "../../src/mapping/look-up-desk.ts";
import type { Json } from "../../src/message/json.ts";
import { codeAndPlace } from "./support.ts";

const COUNTRIES = codeList(
  ["erp", "iso", "name"],
  [
    ["D", "DE", "Germany"],
    ["GER", "DE", "Germany"],
    ["A", "AT", undefined],
    ["*", "ZZ", undefined],
  ],
);

function served(text: string, answers: Answers, input: Json = {}) {
  const desk = lookUpDesk({ country: COUNTRIES }, (name) => ({ file: "m", line: 1, column: name.length }));
  const mapping = compileMapping(text, { path: "m", functions: desk.functions });
  return desk.serve(answers, () => mapping.evaluate(input));
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (thrown) {
    return thrown;
  }
  throw new Error("nothing was thrown");
}

const unknown: Answers = () => UNKNOWN;
const echo: Answers = (lookUp) =>
  lookUp.kind === "xref" ? `${lookUp.system}/${lookUp.id}/${lookUp.to}` : { ...lookUp };

describe("a look-up in a mapping", () => {
  it("gets what is known, and says what the result rests on", () => {
    const { result, asked } = served('{ "a": $xref("erp", id), "b": $xref("erp", 17, "billing") }', echo, {
      id: "0017",
    });
    expect(result).toEqual({ a: "erp/0017/crm", b: "erp/17/billing" });
    expect(asked.map(({ lookUp, answer }) => [lookUpKey(lookUp).split("\0"), answer])).toEqual([
      [["xref", "erp", "0017", "crm"], "erp/0017/crm"],
      [["xref", "erp", "17", "billing"], "erp/17/billing"],
    ]);
  });

  it("asks all it can at once, whatever becomes of the rest without the answers", () => {
    const text = '[ids.$xref("erp", $)] ~> $count() = 3 ? $customer("erp", ids[0]) : $error("too few")';
    const thrown = thrownBy(() => served(text, unknown, { ids: ["1", "2", "3"] }));
    expect(thrown).toBeInstanceOf(Unanswered);
    expect((thrown as Unanswered).lookUps.map(({ id }) => id)).toEqual(["1", "2", "3"]);
  });

  it("asks the same thing once", () => {
    const thrown = thrownBy(() => served('[$xref("erp", "1"), $xref("erp", "1", "crm")]', unknown));
    expect((thrown as Unanswered).lookUps).toHaveLength(1);
  });

  it("of something that can have no answer is nothing, and asks nobody", () => {
    const ask = (call: string): unknown =>
      served(`{ "x": ${call} }`, unknown, { no: null, long: "x".repeat(257) }).result;
    for (const call of [
      '$xref("erp", missing)',
      '$xref("erp", no)',
      '$xref("erp", "")',
      '$xref("erp", long)',
      '$xref("crm", "17")',
      '$xref(missing, "1")',
      '$customer("crm", "c-0")',
    ])
      expect([call, ask(call)]).toEqual([call, {}]);
  });

  it("stops a record that asks without end, and one whose answer is too large, at the place of the call", () => {
    const many = thrownBy(() => served('[[1..1001].$xref("erp", $)]', unknown)) as HubError;
    expect(codeAndPlace(many)).toBe("TL_MAPPING_RUNAWAY m:1:4");
    const customers = thrownBy(() => served('[[1..101].$customer("erp", $)]', unknown)) as HubError;
    expect(codeAndPlace(customers)).toBe("TL_MAPPING_RUNAWAY m:1:8");
    expect(served('[[1..100].$customer("erp", $)]', echo).asked).toHaveLength(100);
    const large = thrownBy(() => served('$customer("erp", "1").name', () => TOO_LARGE)) as HubError;
    expect(codeAndPlace(large)).toBe("TL_MAPPING_FAILED m:1:8");
  });

  it("does not let the mapping change an answer", () => {
    const golden = Object.freeze({ name: Object.freeze({ full: "Ann" }) });
    const { result } = served('$customer("erp", "1") ~> | name | { "full": "Bea" } |', () => golden);
    expect([result, golden.name.full]).toEqual([{ name: { full: "Bea" } }, "Ann"]);
  });

  it("leaves no trace when it is made aside", () => {
    const desk = lookUpDesk({}, () => ({}));
    const mapping = compileMapping('$xref("erp", id)', { path: "m", functions: desk.functions });
    const { asked } = desk.serve(echo, () => {
      mapping.evaluate({ id: "1" });
      desk.aside(() => mapping.evaluate({ id: "2" }));
    });
    expect(asked.map(({ lookUp }) => lookUp.id)).toEqual(["1"]);
  });
});

describe("$code", () => {
  const code = (call: string, input: Json = {}): unknown => served(`{ "x": ${call} }`, unknown, input).result;

  it("gives the code in the second column, in a named one, or the other way round", () => {
    expect(code('$code("country", "D")')).toEqual({ x: "DE" });
    expect(code('$code("country", "D", "name")')).toEqual({ x: "Germany" });
    expect(code('$code("country", "AT", "erp")')).toEqual({ x: "A" });
    expect(code('$code("country", "DE", "erp")')).toEqual({ x: "D" });
    expect(code('$code("country", "AT", "erp", "iso")')).toEqual({ x: "A" });
    expect(code('$code("country", "Germany", "iso", "name")')).toEqual({ x: "DE" });
    expect(code('"country" ~> $code("A")')).toEqual({ x: "AT" });
  });

  it("gives nothing for what has no row, or the code of the row for all others", () => {
    expect(code('$code("country", "XX")')).toEqual({ x: "ZZ" });
    expect(code('$code("country", "XX", "name")')).toEqual({});
    expect(code('$code("country", "XX", "erp")')).toEqual({});
    expect(code('$code("country", "ZZ", "erp")')).toEqual({});
    expect(code('$code("country", cell)', { cell: null })).toEqual({});
    expect(code('$code("country", cell)')).toEqual({});
  });
});

describe("reading a mapping for its look-ups", () => {
  const refused = (text: string): string => {
    const thrown = thrownBy(() => lookUpCalls(text, "m")) as HubError;
    return `${codeAndPlace(thrown)} ${thrown.message}`;
  };

  it("finds each with its place and its code list", () => {
    const text = '{ "a": $code("country", x, "iso"),\n  "b": $xref("erp", $customer("crm", y).id) }';
    expect(lookUpCalls(text, "m")).toEqual([
      {
        name: "code",
        place: { file: "m", line: 1, column: 8 },
        tested: false,
        code: { list: "country", to: "iso", from: undefined },
      },
      { name: "xref", place: { file: "m", line: 2, column: 8 }, tested: false, code: null },
      { name: "customer", place: { file: "m", line: 2, column: 21 }, tested: false, code: null },
    ]);
    expect(lookUpCalls("$customers.xref", "m")).toEqual([]);
  });

  it("refuses wrong numbers of arguments, and code lists that only a record could name", () => {
    expect(refused('$xref("erp")')).toBe("TL_MAPPING_INVALID m:1:1 $xref takes 2 to 3 arguments, not 1");
    expect(refused('1 + $customer("erp", 1, 2)')).toBe(
      "TL_MAPPING_INVALID m:1:5 $customer takes 2 arguments, not 3",
    );
    expect(refused('"erp" ~> $xref("a", "b", "c")')).toContain("not 4");
    expect(refused('$code(list, "D")')).toBe(
      "TL_MAPPING_INVALID m:1:1 argument 1 of $code must be a text in quotes",
    );
    expect(refused('$code("country", "D", column)')).toContain("argument 3 of $code");
    expect(refused("$map(x, $code)")).toContain("argument 1 of $code");
  });

  it("leaves alone a mapping that has such a function of its own", () => {
    const text = "($code := function($a){ $a & 1 }; $code(x))";
    expect(lookUpCalls(text, "m")).toEqual([]);
    expect(compileMapping(text, { path: "m", functions: LOOK_UPS }).evaluate({ x: 2 })).toBe("21");
  });

  it("where look-ups are not for, says so", () => {
    const thrown = thrownBy(() => compileMapping('$xref("erp", id)', { path: "f#key" })) as HubError;
    expect(codeAndPlace(thrown)).toBe("TL_MAPPING_INVALID f#key:1:1");
    expect(thrown.cure).toBe("Look-ups are for the mapping and for `when` of a route.");
    const near = thrownBy(() =>
      compileMapping('$xreff("erp", id)', { path: "m", functions: LOOK_UPS }),
    ) as HubError;
    expect(near.cure).toBe("Did you mean $xref?");
  });
});
