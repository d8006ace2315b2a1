import { describe, expect, it } from "vitest";
import { evaluated, failed } from "./support.ts";

/** Small in memory, endless to walk: each level holds the one below twice. */
const SHARED_OBJECTS = "$o := function($v, $n){ $n = 0 ? $v : $o({ 'l': $v, 'r': $v }, $n - 1) }";
const SHARED_ARRAYS = "$o := function($v, $n){ $n = 0 ? $v : $o([[$v], [$v]], $n - 1) }";

const RUNAWAYS: readonly (readonly [string, string])[] = [
  ["an infinite recursion", "($f := function($n){ 1 + $f($n + 1) }; $f(0))"],
  ["an infinite tail recursion", "($f := function($n){ $f($n + 1) }; $f(0))"],
  ["two functions that call each other", "($f := function(){ $g() }; $g := function(){ $f() }; $f())"],
  ["a range of a hundred million", "[1..100000000]"],
  ["a range that is only counted", "$count([1..10000000])"],
  ["padding to 300 million characters", '$length($pad("a", 300000000))'],
  [
    "three nested loops of a thousand",
    "$map([1..1000], function($a){ $map([1..1000], function($b){ $map([1..1000], function($c){ $a * $b * $c }) }) })",
  ],
  [
    "a text that doubles",
    '($d := function($s, $n){ $n = 0 ? $s : $d($s & $s, $n - 1) }; $length($d("ab", 60)))',
  ],
  [
    "a text that doubles by joining",
    '($d := function($s, $n){ $n = 0 ? $s : $d($join([$s, $s]), $n - 1) }; $length($d("ab", 60)))',
  ],
  ["replacing each letter by a million", '$replace($pad("a", 1000000, "a"), "a", $pad("b", 1000000))'],
  ["replacing each letter by a regular expression", '$replace($pad("a", 1000000, "a"), /a/, "bb")'],
  ["a million results of a million each", "($a := [1..1000000]; [1..1000].$a)"],
  ["shared objects as the result", `(${SHARED_OBJECTS}; $o({}, 60))`],
  ["shared objects written out", `(${SHARED_OBJECTS}; $string($o({}, 60)))`],
  ["shared objects in a text", `(${SHARED_OBJECTS}; "" & $o({}, 60))`],
  ["shared objects compared", `(${SHARED_OBJECTS}; $o({}, 60) = $o({}, 60))`],
  ["shared objects searched", `(${SHARED_OBJECTS}; $count($o({}, 60).**))`],
  ["shared objects cloned", `(${SHARED_OBJECTS}; $o({}, 60) ~> |$|{ 'x': 1 }|)`],
  ["shared arrays looked into", `(${SHARED_ARRAYS}; $o([1], 60).foo)`],
  ["shared arrays compared", `(${SHARED_ARRAYS}; $o([1], 60) = $o([1], 60))`],
  ["shared arrays weighed", `(${SHARED_ARRAYS}; $boolean($o([0], 60)))`],
  ["shared arrays asked for keys", `(${SHARED_ARRAYS}; $keys($o([{}], 60)))`],
  ["shared arrays flattened", `(${SHARED_ARRAYS}; { "a": $o([], 60) }.*)`],
  ["sorting 300,000 by a function", "$sort([1..300000], function($a, $b){ $a < $b })"],
  ["ordering 300,000 by a term", "[1..300000]^(>$)"],
  ["a built-in called a million times", "$filter([1..1000000], $not)"],
  ["a partial application called a million times", "$filter([1..1000000], $power(?, 2))"],
  [
    "an object of a hundred thousand levels",
    "($f := function($n){ $n = 0 ? {} : { 'a': $f($n - 1) } }; $f(100000))",
  ],
  ["spreading 300,000 objects", "$spread([1..300000].{ 'a': $ })"],
  ["distinct objects by the hundred thousand", "$distinct([1..100000].{ 'a': $ })"],
  ["a roman number of a million letters", '$formatInteger(1000000000, "I")'],
];

describe("a hostile expression is stopped", () => {
  it.each(RUNAWAYS)("%s", async (_what, text) => {
    const started = performance.now();
    const error = await failed(text);
    expect(error.code).toBe("TL_MAPPING_RUNAWAY");
    expect(error.place).toMatchObject({ file: "m.jsonata", line: 1, column: expect.any(Number) });
    // Generous: on its own each takes a tenth of this. What is not stopped takes minutes, or the process.
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it.each([
    ["a picture with a width of a hundred million", '$fromMillis(0, "[Y,100000000]")'],
    ["a picture of a thousand digits", '$formatNumber(1, $pad("0", 1000, "0"))'],
    ["a number format with an empty sign", '$formatNumber(1, "#,##0", { "grouping-separator": "" })'],
    ["a time picture for $now", '$now($pad("[Y]", 3000, "[Y]"))'],
  ])("%s is refused", async (_what, text) => {
    const error = await failed(text);
    expect(error.code).toBe("TL_MAPPING_FAILED");
    expect(error.message).toContain("picture");
  });
});

/** The digits of infinity, which the library would write for ever. */
const ENDLESS = [
  ...["0.0e0", "#0.0e0", "0e0", ".0e0", "000000.00e0"].map((picture) => `$formatNumber(n / 0, "${picture}")`),
  ...["A", "a"].map((picture) => `$formatInteger(n / 0, "${picture}")`),
];

describe("a number without a value is refused where its digits are counted", () => {
  it.each(ENDLESS)("%s", async (text) => {
    for (const n of [1, -1, 0]) {
      const error = await failed(text, { n });
      expect(error.code).toBe("TL_MAPPING_FAILED");
      expect(error.message).toContain("a number that has no value");
      expect(error.place).toMatchObject({ file: "m.jsonata", line: 1, column: 1 });
    }
  });

  it("one of 308 digits is written", async () => {
    expect(await evaluated('$formatNumber(1e308 / n, "0.0e0")', { n: 1 })).toBe("1.0e308");
  });
});

/** A text with a mark before what the operator should be told. */
const PLACES: readonly (readonly [string, string])[] = [
  ["a recursion", "($f := ►function($n){ 1 + $f($n + 1) }; 'a' & $f(0))"],
  ["a range", "{ 'a': [1 ►.. 100000000] }"],
  ["padding", '$length(►$pad("a", 300000000))'],
  ["replacing by a text", '$length(►$replace($pad("a", 1000000, "a"), "a", $pad("b", 1000000)))'],
  ["replacing by a regular expression", '{ "a": ►$replace($pad("a", 1000000, "a"), /a/, "bb") }'],
  ["an inner loop", "($l := [1..100000]; [1..1000].($x := $; $l.►($x * $)))"],
  ["a text that grows", '$reduce([1..60], function($a, $b){ $a ►& $a }, "xy")'],
  ["a comparison", `(${SHARED_OBJECTS}; $o({}, 60) ►= $o({}, 60))`],
  ["a search", `(${SHARED_OBJECTS}; $count($o({}, 60).►**))`],
  ["a result", `(${SHARED_OBJECTS}; $r := $o({}, 60); { "a": ►$r })`],
];

describe("a stop names what ran", () => {
  it.each(PLACES)("%s", async (_what, marked) => {
    const error = await failed(marked.replace("►", ""));
    expect(error.code).toBe("TL_MAPPING_RUNAWAY");
    expect(error.place?.column).toBe(marked.indexOf("►") + 1);
  });
});

describe("what only looks hostile is answered", () => {
  it("a date picture of adjacent letters on a text it does not fit", async () => {
    const text = '$toMillis($pad("", 40, "A") & "!", "[YA][MA][DA][HA][mA][sA][fA][WA][dA][FA][YA][MA][DA]")';
    expect(await evaluated(text)).toBeUndefined();
  });

  it("a date picture of words on a text it does not fit", async () => {
    const text = '$toMillis($pad("", 60, "six ") & "!", "[Yw] [Mw] [Dw] [Hw] [mw]")';
    expect(await evaluated(text, {}, { limits: { deadline: 1_000 } })).toBeUndefined();
  });

  it("a text of a million letters split and counted", async () => {
    const text = '$count($split($pad("a", 1000000), ""))';
    expect(await evaluated(text, {}, { limits: { deadline: 5_000 } })).toBe(1_000_000);
  });

  it("the largest of many numbers", async () => {
    expect(
      await evaluated("[$max([1..500000]), $min([1..500000])]", {}, { limits: { deadline: 5_000 } }),
    ).toEqual([500_000, 1]);
  });

  it("an object of 500 members within the depth", async () => {
    const members = Array.from({ length: 500 }, (_, index) => `"f${index}": a.b.c`);
    expect(
      await evaluated(`{ ${members.join(", ")} }`, { a: { b: { c: 1 } } }, { limits: { deadline: 1_000 } }),
    ).toBeTypeOf("object");
  });
});

describe("the limits", () => {
  it.each([
    ["sequence", { sequence: 100 }, "[1..101]", "an array that is too long"],
    ["sequence", { sequence: 100 }, "[[1..60], [1..60]]", "too many values"],
    ["text", { text: 10 }, "'12345' & '678901'", "a text that is too long"],
    ["text", { text: 10 }, "$pad('', -11)", "a text that is too long"],
    ["depth", { depth: 50 }, "($f := function($n){ 1 + $f($n) }; $f(1))", "nested too deeply"],
    ["deadline", { deadline: 1 }, "($f := function($n){ $f($n) }; $f(1))", "longer than its deadline"],
  ])("%s is kept", async (_name, limits, text, message) => {
    const error = await failed(text, {}, { limits });
    expect(error.code).toBe("TL_MAPPING_RUNAWAY");
    expect(error.message).toContain(message);
  });

  it("a result is at most 64 levels deep", async () => {
    const nest = (levels: number): string =>
      `($f := function($n){ $n = 0 ? 1 : { 'a': $f($n - 1) } }; $f(${levels}))`;
    expect(await evaluated(nest(64))).toBeTypeOf("object");
    expect((await failed(nest(66))).code).toBe("TL_MAPPING_RUNAWAY");
  });
});
