import jsonata from "jsonata";
import { describe, expect, it } from "vitest";
import { compileMapping } from "../../../src/mapping/compile.ts";
import { Suspended } from "../../../src/mapping/suspended.ts";
import type { Json } from "../../../src/message/json.ts";
import { codeAndPlace, evaluated, failed, frozen } from "../support.ts";

function run(text: string, input: Json = {}, bindings: Readonly<Record<string, Json>> = {}): unknown {
  return compileMapping(text, { path: "m" }).evaluate(frozen(input), bindings);
}

describe("a compiled mapping", () => {
  it("says that it runs natively", () => {
    const mapping = compileMapping("a.b", { path: "m" });
    expect(mapping).toMatchObject({ native: true, unsupported: [] });
    expect(mapping.explain()).toBe("native");
  });

  it.each([
    ["{ '__proto__': a, 'constructor': b }", '{"__proto__":1,"constructor":2}'],
    ["{ 'x': `__proto__`, 'y': constructor, 'z': toString }", "{}"],
    ["{ key: a }", '{"__proto__":1}'],
  ])("%s keeps names of every object to what the record has", (text, expected) => {
    expect(JSON.stringify(run(text, { a: 1, b: 2, key: "__proto__" }))).toBe(expected);
  });

  it("reads members named like those of every object where the record has them", () => {
    const input = JSON.parse('{"constructor": 1, "__proto__": {"a": 2}, "hasOwnProperty": 3}') as Json;
    expect(run("[constructor, `__proto__`.a, hasOwnProperty]", input)).toEqual([1, 2, 3]);
  });

  it("quotes what a text of the mapping could break out with", () => {
    const text = '`\\"]; throw 1; //` & \'\u2028`$1\' & "\\\\"';
    expect(run(text, {})).toBe("\u2028`$1\\");
  });

  it.each([
    ["a[].b", { a: [{ b: 1 }] }, [1]],
    ["{ 'x': a[].b }.x", { a: [{ b: 1 }] }, 1],
    ["$distinct(a.b)", { a: [{ b: 1 }, { b: 1 }] }, 1],
    ["$distinct(a)", { a: [1, 1] }, [1]],
    ["($x := a.[b]; c.($x))", { a: { b: 1 }, c: [1, 2] }, [[1], [1]]],
    ["$map(a, function($v){ $filter($v, function($x){ $x > 5 }) })", { a: [[1], [6]] }, [[], [6]]],
    ["$filter(a, function($x){ $x > 5 })[]", { a: [6] }, [6]],
    ["a.missing[$not($exists(x))]", { a: [{}, {}] }, undefined],
  ] as const)("%s tells sequences from arrays as the library does", (text, input, expected) => {
    if (expected === undefined) expect(() => run(text, input)).toThrow("a missing value in an array");
    else expect(run(text, input)).toStrictEqual(expected);
  });

  it("leaves no symbol on what it gives", () => {
    const result = run("{ 'a': a.b[], 'c': a.[b], 'd': $distinct(a.b), 'e': $map(a, $keys) }", {
      a: [{ b: 1 }, { b: 2 }],
    });
    for (const value of Object.values(result as object))
      expect(Object.getOwnPropertySymbols(value)).toEqual([]);
  });
});

describe("names in a compiled mapping", () => {
  it.each([
    ["($x := 1; ($y := $x; $x := 2; $y))", 1],
    ["($f := function($n){ $n < 1 ? 0 : $g($n - 1) }; $g := function($n){ $f($n) + 1 }; $f(3))", 3],
    ["($sum := function($x){ 'mine' }; $sum([1]))", "mine"],
    ["($f := function($sum){ $sum }; $f(1) + $sum([1, 2]))", 4],
    ["($f := $map([1, 2], function($v){ ($w := $v; function(){ $w }) }); [$f[0](), $f[1]()])", [1, 2]],
    ["($x := 'out'; a.($x := b); $x)", "out"],
    ["(true ? $x := 1 : 0; $x)", 1],
    ["(false ? $x := 1 : 0; $x)", undefined],
    ["(true ? ($x := 1); $x)", undefined],
    ["($f := function($n, $a){ $n = 0 ? $a : $f($n - 1, $a & $n) }; $f(5, ''))", "54321"],
    ["($f := function($n){ $n = 0 ? 'end' : $f($n - 1) }; $f(50000))", "end"],
  ])("%s are bound where the library binds them", async (text, expected) => {
    expect(await evaluated(text, { a: [{ b: 1 }] }, { limits: { deadline: 2_000 } })).toEqual(expected);
  });

  it.each([
    ['($f($v))[$type($) = "function"]', 1],
    ['($f($v))[$type($) = "number"]', undefined],
    ["($f($v))[$ = 1]", undefined],
    ["($f($v))[true]", 1],
    ["($v > 0 ? $f($v) : 7)[$type($) = 'function']", 1],
    ["($v < 0 ? $f($v) : 7)[$type($) = 'number']", 7],
    ["($n($v, 5000))[true]", "end"],
    ["$f($v)[$ = 1]", 1],
  ])(
    "%s: a predicate behind a block sees the call that ends it, not what that gives, as in the library",
    async (body, expected) => {
      const text = `(
      $f := function($v){ $v };
      $n := function($v, $left){ ($left = 0 ? "end" : $n($v, $left - 1))[true] };
      $g := function($v){ ${body} };
      $g(1)
    )`;
      expect(await jsonata(text).evaluate({})).toEqual(expected);
      expect(await evaluated(text, {}, { limits: { deadline: 2_000 } })).toEqual(expected);
    },
  );

  it("a variable of the caller counts before a function of that name", () => {
    expect(run("$sum & '/' & $message.id", {}, { sum: "mine", message: { id: 7 } })).toBe("mine/7");
    expect(() => run("$sum([1])", {}, { sum: 1 })).toThrow("T1006");
  });

  it("variables of the caller named like members of every object are nothing when they are not bound", () => {
    expect(run("$exists($constructor) or $exists($toString)")).toBe(false);
  });
});

describe("functions of the host", () => {
  const functions = {
    twice: { call: (n: number) => n * 2, signature: "<n-:n>" },
    list: { call: () => [1, 2] },
    late: {
      call: () => {
        throw LATE;
      },
    },
  };
  const LATE = Object.freeze(new Suspended("no value yet"));
  const hosted = (text: string, allowFallback = false): unknown =>
    compileMapping(text, { path: "m.jsonata", functions, allowFallback }).evaluate({ a: [1, 2] });

  it("are called like those of the library", () => {
    expect(hosted("a.$twice()")).toEqual([2, 4]);
    expect(hosted("$map(a, $twice)")).toEqual([2, 4]);
    expect(hosted("3 ~> $twice ~> $string")).toBe("6");
    expect(hosted("$list()[1]")).toBe(2);
    expect(() => hosted("$twice('x')")).toThrow("T0410: argument 1 of $twice is of the wrong type");
  });

  it("may suspend the evaluation with what they throw", () => {
    const deep = `${"(".repeat(700)}$late()${")".repeat(700)}`;
    for (const text of ["$late()", "{ 'a': a.$late() }", "$map(a, $late)", deep]) {
      let thrown: unknown;
      try {
        hosted(text, true);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBe(LATE);
    }
  });

  it("are unknown where they are not given", async () => {
    expect((await failed("$twice(1)")).message).toContain("there is no function $twice");
  });
});

describe("a mapping that is not compiled", () => {
  const deep = `${"(".repeat(700)}1${")".repeat(700)}`;

  it("is refused with its place and a cure", async () => {
    const error = await failed(deep);
    expect(codeAndPlace(error)).toBe("TL_MAPPING_INVALID m.jsonata:1:602");
    expect(error.message).toContain("an expression of more than 600 levels cannot be compiled");
    expect(error.cure).toContain("allowFallback: true");
  });

  it("is interpreted where that is allowed, and says so", () => {
    const mapping = compileMapping(deep, { path: "m", allowFallback: true });
    expect(mapping.native).toBe(false);
    expect(mapping.explain()).toBe("fallback: an expression of more than 600 levels at 1:602");
    expect(mapping.evaluate({})).toBe(1);
  });
});

it("a function of the host counts before one of the library with its name", () => {
  const functions = { sum: { call: () => "mine" }, map: { call: () => "mine too" } };
  const mapping = compileMapping("[$sum(a), $map(a, function($v){ $v })]", { path: "m", functions });
  expect(mapping.evaluate({ a: [1] })).toEqual(["mine", "mine too"]);
});
