import jsonata from "jsonata";
import { describe, expect, it } from "vitest";
import { library } from "../../src/mapping/library.ts";
import { patchLibrary } from "../../src/mapping/library-patch.ts";
import { evaluated } from "./support.ts";

const INPUT = {
  name: " Ada  Lovelace ",
  born: "1815-12-10",
  tags: ["x", "y", "x"],
  none: [],
  nested: [
    [1, 2],
    [3, [4]],
  ],
  flag: true,
  orders: [
    {
      id: "b",
      total: 12.5,
      lines: [
        { sku: "s1", n: 2 },
        { sku: "s2", n: 1 },
      ],
    },
    { id: "a", total: 7, lines: [{ sku: "s1", n: 5 }] },
    { id: "c", lines: [] },
  ],
};

const EXPRESSIONS = [
  "$",
  "name",
  "$trim(name)",
  "orders.id",
  "orders.lines.sku",
  "orders[0]",
  "orders[-1].id",
  "orders[total > 8].id",
  "orders^(total).id",
  "orders^(>total, id).id",
  "orders^(id)[0].id",
  "orders.lines{ sku: $sum(n) }",
  "none{ 'a': 1 }",
  "none",
  "none[]",
  "tags[]",
  "orders.lines[n = 5][]",
  "orders[0].lines[0][]",
  "nested",
  "nested.$",
  "nested[0][1]",
  "*",
  "**.sku",
  "orders.*.sku",
  "orders.lines.{ 'o': %.id, 's': sku }",
  "orders@$o.lines.{ 'o': $o.id, 's': sku }",
  "orders#$i.{ 'i': $i, 'id': id }",
  "orders.lines#$i[n > 1].{ 'i': $i }",
  "$distinct(tags)",
  "$distinct(orders.lines)",
  "$distinct(orders.lines.sku)",
  "$sort(tags)",
  "$sort(orders, function($l, $r){ $l.id > $r.id }).id",
  "$reverse(tags)",
  "$sort([3, 1, 2])",
  "$max(orders.total)",
  "$min(orders.total)",
  "$sum(orders.lines.n)",
  "$average(orders.total)",
  "$append(tags, 'z')",
  "$append(none, 'z')",
  "$zip(tags, [1, 2])",
  "$merge(orders)",
  "$spread(orders[0])",
  "$keys(orders)",
  "$lookup(orders, 'id')",
  "$each($, function($v, $k){ $k })",
  "$sift($, function($v){ $type($v) = 'string' })",
  "$map(tags, $uppercase)",
  "$map(tags, function($v, $i){ $v & $i })",
  "$filter(orders, function($o){ $o.total > 8 })",
  "$single(orders, function($o){ $o.id = 'a' }).total",
  "$reduce([1..5], function($a, $b){ $a * $b })",
  "$reduce(tags, function($a, $b){ $a & $b }, '>')",
  "($f := function($n){ $n < 2 ? 1 : $n * $f($n - 1) }; $f(10))",
  "($f := function($n, $a){ $n = 0 ? $a : $f($n - 1, $a + $n) }; $f(100, 0))",
  "($p := $substring(?, 0, 2); $p(born))",
  "$map(tags, $pad(?, 3, '-'))",
  "born ~> $split('-') ~> $join('/')",
  "($up := $trim ~> $uppercase; $up(name))",
  "$ ~> |orders|{ 'total': 0 }, 'lines'|",
  "$pad(name, 20)",
  "$pad(name, -20, '#')",
  "$replace(name, 'a', 'o')",
  "$replace(name, /a(.)/, '<$1>')",
  "$replace(name, /A/i, 'o', 1)",
  "$match(name, /[A-Z]\\w+/)",
  "$split(name, /\\s+/)",
  "$contains(name, /LOVE/i)",
  "$toMillis(born)",
  "$toMillis('10 December 1815', '[D] [MNn] [Y]')",
  "$fromMillis(0, '[D01].[M01].[Y0001] [H01]:[m01]')",
  "$formatNumber(1234.5, '#,##0.00')",
  "$formatNumber(0.14, '01%')",
  "$formatNumber(0.14, '###pm', { 'per-mille': 'pm' })",
  "$formatInteger(1999, 'I')",
  "$formatInteger(42, 'w')",
  "$parseInteger('twelve', 'w')",
  "$string(orders)",
  "$string($sum)",
  "$string({ 'f': $sum }, true)",
  "'' & orders[0]",
  "tags = ['x', 'y', 'x']",
  "orders[0] != orders[1]",
  "'x' in tags",
  "orders[0] = missing",
  "[1..5][$ > 2]",
  "[1..3].($ * 2)",
  "$count(tags) > 2 and flag",
  "missing ?: 'none'",
  "missing ?? 'none'",
  "$exists(none)",
  "$boolean(nested)",
  "$not(none)",
  "$length('𝄞x')",
  "$substring('𝄞💩x', 1)",
  "$base64encode('hi')",
  "$encodeUrlComponent('ä b')",
  "$number('0x1F')",
  "$type(none)",
  "{ 'a': missing, 'b': null, 'c': [], 'd': {} }",
  "[missing, [1, 2], tags]",
  "{ 'a': tags }.a[0]",
  "orders.(lines.n)",
  "(none).{ 'a': 1 }",
  "[[]].{ 'a': 1 }",
  "orders.{ id: total }",
  "orders{ id: total }",
  "$ ~> $keys",
];

describe("the guarded library", () => {
  it.each(EXPRESSIONS)("%s gives what the library gives", async (text) => {
    const expected = await jsonata(text).evaluate(structuredClone(INPUT));
    const plain = expected === undefined ? undefined : JSON.parse(JSON.stringify(expected));
    expect(await evaluated(text, INPUT)).toEqual(plain);
  });

  it("is a copy of our own", () => {
    expect(library).not.toBe(jsonata);
  });

  it("refuses a text that is not the version it was written for", () => {
    expect(() => patchLibrary("another library")).toThrow("jsonata is not the version this guards");
  });
});
