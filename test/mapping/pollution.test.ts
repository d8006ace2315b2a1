import { describe, expect, it } from "vitest";
import { HubError } from "../../src/errors.ts";
import type { HostFunctions } from "../../src/mapping/compile.ts";
import type { Json } from "../../src/message/json.ts";
import { openMapping } from "./engine.ts";

/** As a sender could post it: `__proto__` is a member of its own. */
const HOSTILE = JSON.parse(`{
  "__proto__": { "polluted": true },
  "constructor": { "prototype": { "polluted": true } },
  "toString": "text",
  "keys": ["__proto__", "constructor", "prototype"],
  "rows": [{ "k": "__proto__", "v": { "polluted": true } }, { "k": "constructor", "v": 1 }],
  "deep": { "__proto__": { "polluted": true }, "a": 1 }
}`) as Json;

const FAILS = "fails";
const NOTHING = undefined;
const proto = (value: unknown): unknown => JSON.parse(`{"__proto__":${JSON.stringify(value)}}`);

/** What each gives; what a plain object inherits is never a member. */
const READS: readonly (readonly [string, Json, unknown])[] = [
  ["__proto__", {}, NOTHING],
  ["constructor", {}, NOTHING],
  ["constructor.prototype", {}, NOTHING],
  ["toString.constructor", {}, NOTHING],
  ["`__proto__`.toString", {}, NOTHING],
  ['$lookup($, "constructor")', {}, NOTHING],
  ['$lookup($, "__proto__")', {}, NOTHING],
  ['$lookup($, "hasOwnProperty")', {}, NOTHING],
  ['"text".length', {}, NOTHING],
  ['"text".constructor', {}, NOTHING],
  ["(1).constructor", {}, NOTHING],
  ["[1, 2].length", {}, NOTHING],
  ["[1, 2].constructor", {}, NOTHING],
  ['$keys("text")', {}, NOTHING],
  ["$constructor", {}, NOTHING],
  ["$toString", {}, NOTHING],
  ["$__proto__", {}, NOTHING],
  ["$hasOwnProperty.constructor", {}, NOTHING],
  ["/a/.constructor", {}, NOTHING],
  ["/a/.source", {}, NOTHING],
  ["$.constructor", [1], NOTHING],
  ["__proto__.polluted", HOSTILE, true],
  ["constructor.prototype.polluted", HOSTILE, true],
  ["toString", HOSTILE, "text"],
  ["deep.__proto__", HOSTILE, { polluted: true }],
];

describe("a mapping reads own members only", () => {
  it.each(READS)("%s over %j", (text, input, wanted) => {
    const { value } = probe(text, input);
    expect(value).toStrictEqual(wanted);
  });
});

/** A function is a value of the language, and never the object that it is of the host's. */
const LEAKS: readonly string[] = [
  "$sum",
  "$sum.implementation",
  "$sum.constructor",
  "$sum.*",
  "$sum.**",
  "$keys($sum)",
  "$spread($sum)",
  "$each($sum, function($v, $k){ $k })",
  "$sift($sum, function($v){ true })",
  '$lookup($sum, "implementation")',
  "$merge([$sum])",
  "[$sum].implementation",
  "$string($sum)",
  "$type($sum)",
  "(function($x){ $x }).environment",
  "(function($x){ $x }).body",
  "$keys(function($x){ $x })",
  "$keys($substring(?, 1))",
  "$spread(/a/)",
  "/a/('a').next.constructor",
  "$keys(/a/('a'))",
  "$map([1], function($v, $i, $a){ $a.constructor })",
  "$clone.constructor",
  "$now.constructor",
  "$phone.constructor",
  "$phone.implementation",
];

describe("a mapping reaches no object of the host", () => {
  it.each([
    "$host",
    "$host.call",
    "$host.constructor",
    "$keys($host)",
    "$string($host)",
    "[$host].*",
    "$spread($host)",
  ])("nor by its functions: %s", (text) => {
    const functions = { host: { call: () => "host answered", signature: "<x?:s>" } };
    const { value } = probe(text, {}, undefined, functions);
    expect(JSON.stringify(value ?? null)).not.toMatch(/native code|implementation|answered|=>|signature/);
  });

  it.each(LEAKS)("%s", (text) => {
    const { value } = probe(text, {});
    expect(JSON.stringify(value ?? null)).not.toMatch(/native code|implementation|environment|=>|signature/);
  });
});

/** Whatever it gives, as long as no prototype is another one after it. */
const ANY = Symbol("any");

/** What writes, with names that a careless assignment would take for the prototype. */
const WRITES: readonly (readonly [string, unknown])[] = [
  ['{ "__proto__": { "polluted": true } }', proto({ polluted: true })],
  [
    '{ "constructor": { "prototype": { "polluted": true } } }',
    { constructor: { prototype: { polluted: true } } },
  ],
  ["rows{ k: v }", JSON.parse('{"__proto__":{"polluted":true},"constructor":1}')],
  ["rows.{ k: v }", [proto({ polluted: true }), { constructor: 1 }]],
  ["$merge(rows.{ k: v })", ANY],
  ["$merge([$, deep])", ANY],
  ["$spread($)", ANY],
  ["$spread(deep)", ANY],
  ["$sift($, function($v){ true })", ANY],
  ["$each(deep, function($v, $k){ { $k: $v } })", ANY],
  ["$clone($)", ANY],
  ["$ ~> |$|{ '__proto__': { 'polluted': true } }|", ANY],
  ["$ ~> |__proto__|{ 'polluted': 1 }|", ANY],
  ["$ ~> |constructor.prototype|{ 'x': 1 }|", ANY],
  ["{} ~> |$|{}, ['__proto__', 'constructor']|", ANY],
  ["$reduce(keys, function($o, $k){ $merge([$o, { $k: { 'polluted': true } }]) }, {})", ANY],
  ["$map(keys, function($k){ { $k: 1 } })", ANY],
  ["($__proto__ := { 'polluted': true }; $polluted)", ANY],
  ["($constructor := 1; $toString := 2; $constructor + $toString)", 3],
  ["(function($__proto__){ $__proto__ })({ 'polluted': true })", { polluted: true }],
  ["$formatNumber(1, '0', { '__proto__': { 'polluted': true } })", ANY],
  ["$", ANY],
  ["**", ANY],
  ["*", ANY],
  ["rows@$r.{ $r.k: $r.v }", ANY],
  ["rows#$i{ k: $i }", ANY],
  ["$zip(keys, rows)", ANY],
  ["$distinct([$, $])", ANY],
];

describe("no mapping changes a prototype", () => {
  it.each(WRITES)("%s", (text, wanted) => {
    const { value } = probe(text, HOSTILE);
    if (wanted !== ANY) expect(JSON.stringify(value)).toBe(JSON.stringify(wanted));
    everyObject(value, (one) => {
      expect([Object.prototype, Array.prototype]).toContain(Object.getPrototypeOf(one));
      expect(Object.hasOwn(one, "polluted") || (one as { polluted?: unknown }).polluted === undefined).toBe(
        true,
      );
    });
  });

  it("not by bindings either", () => {
    const bindings = JSON.parse('{ "__proto__": { "polluted": true }, "constructor": 1 }') as Json;
    expect(probe("$polluted", {}, bindings).value).toBeUndefined();
    expect(probe("$constructor", {}, bindings).value).toBe(1);
    expect(probe("$toString", {}, bindings).value).toBeUndefined();
  });
});

/** Every prototype that a mapping could meet, member by member. */
const WATCHED = [
  Object,
  Array,
  Function,
  String,
  Number,
  Boolean,
  RegExp,
  Date,
  Promise,
  Error,
  Map,
  Set,
].map((one) => one.prototype as object);

function inherited(): string {
  return JSON.stringify(WATCHED.map((one) => Reflect.ownKeys(one).map(String)));
}

/** The value, or `fails`; whatever it does, no prototype is another one after it. */
function probe(
  text: string,
  input: Json,
  bindings?: Json,
  functions: HostFunctions = {},
): { readonly value: unknown } {
  const before = inherited();
  const kept = JSON.stringify(input);
  let value: unknown;
  try {
    value = openMapping(text, { functions }).evaluate(input, bindings);
  } catch (thrown) {
    if (!(thrown instanceof HubError)) throw thrown;
    value = FAILS;
  }
  expect(inherited()).toBe(before);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect(JSON.stringify(input)).toBe(kept);
  everyObject(value, (one) => expect(typeof one).toBe("object"));
  return { value };
}

function everyObject(value: unknown, visit: (one: object) => void): void {
  if (typeof value === "function") throw new Error("a function got out");
  if (typeof value !== "object" || value === null) return;
  visit(value);
  for (const member of Object.values(value)) everyObject(member, visit);
}
