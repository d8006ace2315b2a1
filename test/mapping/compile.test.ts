import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compileMapping } from "../../src/mapping/compile.ts";
import { codeAndPlace, evaluated, failed, frozen } from "./support.ts";

describe("a mapping", () => {
  it("makes plain JSON that shares nothing with the input", () => {
    const input = { lines: [{ sku: "a" }, { sku: "b" }] };
    const result = compileMapping("{ 'lines': lines, 'first': lines[0] }", { path: "m" }).evaluate(input) as {
      lines: unknown[];
    };
    expect(result).toStrictEqual({ lines: [{ sku: "a" }, { sku: "b" }], first: { sku: "a" } });
    expect(result.lines).not.toBe(input.lines);
    expect(result.lines[0]).not.toBe(input.lines[0]);
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  });

  it("leaves no mark of the library on an array", async () => {
    const result = await evaluated("{ 'one': items[].name, 'kept': items[] }", { items: [{ name: "x" }] });
    expect(result).toStrictEqual({ one: ["x"], kept: [{ name: "x" }] });
    expect(Object.keys((result as { kept: unknown[] }).kept)).toEqual(["0"]);
  });

  it("answers undefined when there is nothing", async () => {
    expect(await evaluated("a.b.c", { a: {} })).toBeUndefined();
  });

  it("keeps a member named __proto__ a member", async () => {
    const result = await evaluated("$", JSON.parse('{"__proto__": {"admin": true}, "a": 1}'));
    expect(Object.keys(result as object)).toEqual(["__proto__", "a"]);
    expect((result as { admin?: unknown }).admin).toBeUndefined();
  });

  it("sees the bindings of its caller", async () => {
    const mapping = compileMapping("$headers.source & '/' & id", { path: "m" });
    expect(mapping.evaluate({ id: "7" }, { headers: { source: "erp" } })).toBe("erp/7");
  });
});

describe("the input of a mapping", () => {
  const input = { items: [], list: [1, 2], deep: { a: { x: 1 } }, rows: [[], [{ k: "a" }]] };

  it.each([
    ["an array that is kept as one", "list[]"],
    ["an empty array that is grouped", "items{ 'n': 1 }"],
    ["an empty array within an array", "rows.{ 'k': k }"],
    ["a transform that leads out of its copy", "$ ~> |$$.deep.a|{ 'x': 2 }|"],
    ["positions and ancestors", "rows#$i.{ 'i': $i, 'up': %.list }"],
  ])("is not changed by %s", async (_what, text) => {
    const before = JSON.stringify(input);
    const mine = JSON.parse(before);
    compileMapping(text, { path: "m" }).evaluate(mine);
    compileMapping(text, { path: "m" }).evaluate(frozen(JSON.parse(before)));
    expect(JSON.stringify(mine)).toBe(before);
    expect(Object.keys(mine.list)).toEqual(["0", "1"]);
  });

  it("is not labelled when a value is called like a function", async () => {
    const mine = { deep: { a: 1 } };
    const mapping = compileMapping("($f := deep; $f(1))", { path: "m" });
    expect(() => mapping.evaluate(mine)).toThrow("T1006: $f is not a function");
    expect(mine).toStrictEqual({ deep: { a: 1 } });
  });
});

describe("a mapping that is not valid", () => {
  it.each([
    ["", "TL_MAPPING_INVALID m.jsonata:1:1", "S0207: the expression ends too early"],
    ["{\n  'a': b,\n  'c' d\n}", "TL_MAPPING_INVALID m.jsonata:3:7", 'S0202: Expected ":", got "d"'],
    ["{ 'a': 'unclosed }", "TL_MAPPING_INVALID m.jsonata:1:19", "S0101: String literal must be terminated"],
    ["a := 1", "TL_MAPPING_INVALID m.jsonata:1:1", "S0212: The left side of := must be a variable name"],
    ["{\n 'n': $match(a, /(a/)\n}", "TL_MAPPING_INVALID m.jsonata:3:2", "S0302: No terminating /"],
    ["$match(a, /a**/)", "TL_MAPPING_INVALID m.jsonata:1:11", "this is not a regular expression"],
    ["'x' &\n $uppercasee(a)", "TL_MAPPING_INVALID m.jsonata:2:2", "there is no function $uppercasee"],
    ["{ 't': sum(lines.qty) }", "TL_MAPPING_INVALID m.jsonata:1:8", "sum is not a function"],
    ["a ~> $trimm", "TL_MAPPING_INVALID m.jsonata:1:6", "there is no function $trimm"],
    ["\n\n$eval(a)", "TL_MAPPING_INVALID m.jsonata:3:1", "$eval is not allowed"],
    ["$map(a, $eval)", "TL_MAPPING_INVALID m.jsonata:1:9", "$eval is not allowed"],
    ["($clone := function($x){ $x }; 1)", "TL_MAPPING_INVALID m.jsonata:1:2", "$clone is reserved"],
    ["(".repeat(50_000), "TL_MAPPING_INVALID m.jsonata:1:1", "nested too deeply"],
  ])("%j is refused with its place", async (text, place, message) => {
    const error = await failed(text);
    expect(codeAndPlace(error)).toBe(place);
    expect(error.message).toContain(message);
  });

  it("gets the name that was probably meant as its cure", async () => {
    expect((await failed("$uppercasee(a)")).cure).toBe("Did you mean $uppercase?");
    expect((await failed("sum(a)")).cure).toBe("Did you mean $sum?");
  });
});

describe("a mapping that fails on a record", () => {
  const secret = "card 4111";

  it.each([
    ["{\n 'n': $number(card) }", "2:7", "D3030: $number was given something that is not a number"],
    ["$sum([card])", "1:1", "T0412: argument 1 of $sum is an array with members of the wrong type"],
    ["1 + card", "1:3", "T2002: the right side of + is not a number"],
    ["card < 3", "1:6", "T2009: < compares a text with a number"],
    ["{ card: 1, card: 2 }", "1:1", "D1009: two keys of one object are the same"],
    ["$toMillis(card)", "1:1", "D3110: $toMillis was given something that is not an ISO 8601 time"],
    ["$error('bad ' & card)", "1:1", "D3137: the mapping refused the record by $error"],
    ["$error('no postcode')", "1:1", "D3137: the mapping refused the record by $error: no postcode"],
    ["$map([card], $number)", "1:1", "D3030: $number was given something that is not a number"],
    ["[card, card]^(>$number($))", "1:16", "D3030: $number was given something that is not a number"],
  ])("%j names the place and quotes no value", async (text, place, message) => {
    const error = await failed(text, { card: secret });
    expect(codeAndPlace(error)).toBe(`TL_MAPPING_FAILED m.jsonata:${place}`);
    expect(error.message).toBe(message);
    expect(JSON.stringify(error.issues) + error.describe()).not.toContain(secret);
  });

  it.each([
    ["{ 'a': { 'b': $sum } }", "/a/b", "a function"],
    ["{ 'a': [1, { 'b': function($x){ $x } }] }", "/a/1/b", "a function"],
    ["{ 'x/y': 1/0 }", "/x~1y", "a number without a value"],
    ["$zip([1], [function(){1}])[0]", "/1", "a function"],
  ])("%j names the field that is not JSON", async (text, field, kind) => {
    const error = await failed(text);
    expect(error.code).toBe("TL_MAPPING_FAILED");
    expect(error.message).toContain(kind);
    expect(error.place).toMatchObject({ file: "m.jsonata", field });
  });

  it("does not name the place of a call in another mapping", async () => {
    await failed("                                   $number(a)", { a: "x" });
    expect(codeAndPlace(await failed("$map(a, $number)", { a: ["x"] }))).toBe(
      "TL_MAPPING_FAILED m.jsonata:1:1",
    );
  });
});

describe("one evaluation after the other", () => {
  it("sees its own input, bindings and $$", () => {
    const mapping = compileMapping(
      "{ 'id': id, 'root': $$.id, 'from': $tenant, 'in': lines.{ 'root': $$.id, 'n': $string(n) } }",
      { path: "m" },
    );
    for (let id = 0; id < 20; id++) {
      const result = mapping.evaluate({ id, lines: [{ n: id }, { n: id + 1 }] }, { tenant: `t${id}` });
      const lines = [id, id + 1].map((n) => ({ root: id, n: String(n) }));
      expect(result).toEqual({ id, root: id, from: `t${id}`, in: lines });
    }
  });

  it("the first failure in the text is the one that is told, and what stands behind it is not begun", async () => {
    const left = "{ 'a': $error('no'), 'b': ($f := function($n){ $f($n+1) }; $f(0)) }";
    const error = await failed(left, {}, { limits: { deadline: 60_000 } });
    expect(error.message).toBe("D3137: the mapping refused the record by $error: no");
    expect(await evaluated("{ 'a': 1 }")).toEqual({ a: 1 });
  });

  it("a mapping can be compiled after one ran away", async () => {
    await failed("($f := function($n){ $f($n+1) }; $f(0))");
    expect(await evaluated("$map([1, 2], function($n){ $n + 1 })")).toEqual([2, 3]);
  });

  it("a deadline that something else used up is given once more", () => {
    const mapping = compileMapping("$map([1..50], function($n){ $n * $$.slow })", {
      path: "m",
      limits: { deadline: 200 },
    });
    let busy = true;
    const input = {
      get slow(): number {
        const until = performance.now() + (busy ? 250 : 0);
        busy = false;
        while (performance.now() < until) busy = false;
        return 2;
      },
    };
    expect(mapping.evaluate(input)).toHaveLength(50);
  });
});

it("the library is the one version whose text is guarded", () => {
  const { dependencies } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(dependencies.jsonata).toBe("2.2.2");
});
