/** A mapping that stops an engine which does not guard itself. */
export interface Hostile {
  readonly name: string;
  readonly map: string;
  /** How it ends: the message is parked, the text is refused when it is deployed, or it is harmless here. */
  readonly ends: "parked" | "refused" | "applied";
}

/** An expression of JSONata as the text of an interaction. */
function text(expression: string, before = ""): string {
  return `(${before}\n  { "id": id, "kind": "note", "subject": customer, "text": $string(${expression}) })`;
}

/** Small in memory, endless to walk: each level holds the one below twice. */
const SHARED =
  "$o := function($v, $n) { $n = 0 ? $v : $o({ 'l': $v, 'r': $v }, $n - 1) }; $big := $o({ 'x': 1 }, 60);";

export const HOSTILE_EXPRESSIONS: readonly Hostile[] = [
  { name: "deep", map: text("$f(1)", "$f := function($x) { 1 + $f($x) };"), ends: "parked" },
  { name: "tail", map: text("$f(1)", "$f := function($x) { $f($x) };"), ends: "parked" },
  {
    name: "mutual",
    map: text("$f(1)", "$f := function($x) { $g($x) }; $g := function($x) { $f($x) };"),
    ends: "parked",
  },
  { name: "sequence", map: text("$sum([1..100000000])"), ends: "parked" },
  { name: "loops", map: text("$sum([1..9000].($x := $; [1..9000].($x * $)))"), ends: "parked" },
  { name: "pad", map: text('$length($pad("a", 300000000))'), ends: "parked" },
  {
    name: "doubling",
    map: text('$length($reduce([1..60], function($a, $n) { $a & $a }, "xy"))'),
    ends: "parked",
  },
  {
    name: "quadratic",
    map: text('$length($reduce([1..500000], function($a, $n) { $a & "0123456789" }, ""))'),
    ends: "parked",
  },
  {
    name: "replacing",
    map: text('$length($replace($pad("a", 100000, "a"), "a", $pad("b", 1000, "b")))'),
    ends: "parked",
  },
  { name: "sharing", map: text("$big", SHARED), ends: "parked" },
  { name: "comparing", map: text("$big = $o({ 'x': 1 }, 60)", SHARED), ends: "parked" },
  { name: "descending", map: text("$count([1..1000].{ 'a': [1..1000].{ 'b': $ } }.**)"), ends: "parked" },
  {
    name: "sorting",
    map: text("$count($sort([1..100000], function($l, $r) { $sum([1..1000]) > $l - $r }))"),
    ends: "parked",
  },
  { name: "matching", map: text('$count($match($pad("", 1000000, "ab"), /a|b/))'), ends: "parked" },
  {
    name: "date-picture",
    map: text(`$toMillis("${"1".repeat(60)}x", "[Y${"9".repeat(300)}][M]")`),
    ends: "parked",
  },
  { name: "date-width", map: text('$length($fromMillis(0, "[Y,100000000]"))'), ends: "parked" },
  { name: "number-picture", map: text('$formatNumber(1, $pad("0", 100000, "0"))'), ends: "parked" },
  { name: "eval", map: text('$eval("1 + 1")'), ends: "refused" },
  {
    name: "prototype",
    map: text("(constructor.constructor)('return process')().pid"),
    ends: "parked",
  },
];
