import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { caseless } from "../../src/mapping/regex-caseless.ts";
import { guardedRegex } from "../../src/mapping/regex-guard.ts";
import { codeAndPlace, evaluated, failed } from "./support.ts";

const LONG = "a".repeat(50_000);

/** Each takes for ever, or minutes, with backtracking alone. */
const BACKTRACKING: readonly (readonly [string, string])[] = [
  ["/^(a+)+$/", `${LONG}!`],
  ["/^(a+)+$/i", `${LONG}!`],
  ["/(a|a)*b/", LONG],
  ["/(a|aa)+$/m", `${LONG}!`],
  ["/^(([a-z])+.)+[A-Z]([a-z])+$/", LONG],
  ["/(x+x+)+y/", "x".repeat(50_000)],
  ["/(x+x+)+y/i", "X".repeat(50_000)],
  ["/^([a-zA-Z0-9]+\\s?)+$/", `${LONG}!`],
  ["/(.*)*,(.*)*;/", LONG],
  ["/^(\\w+\\.?)+@(\\w+\\.?)+$/", `${LONG}@${LONG}!`],
  ["/(a*)*b/", LONG],
  ["/^(?:a?){16}a{16}b/", LONG],
];

const UNBOUNDED: readonly (readonly [string, string])[] = [
  ["/(?=a)b/", "look-around"],
  ["/a(?!b)/", "look-around"],
  ["/(?<=a)b/", "look-around"],
  ["/(?<!a)b/i", "look-around"],
  ["/(a)\\1/", "back-reference"],
  ["/(?<n>a)\\k<n>/", "back-reference"],
  ["/(\\w{1,30}\\s?){1,30}$/", "no bounded time"],
  ["/(a{1,20}){1,20}b/", "no bounded time"],
  [".{1,100}@.+".replace(/^.*$/, "/$&/"), "no bounded time"],
];

describe("a regular expression of a mapping", () => {
  it.each(BACKTRACKING)("%s ends on a text that makes it backtrack", async (regex, text) => {
    expect(await evaluated(`$contains(text, ${regex})`, { text }, { limits: { deadline: 10_000 } })).toBe(
      false,
    );
  });

  it.each(UNBOUNDED)("%s is refused with its place", async (regex, problem) => {
    const error = await failed(`{\n  "ok": $contains(text, ${regex})\n}`);
    expect(codeAndPlace(error)).toBe("TL_MAPPING_INVALID m.jsonata:2:25");
    expect(error.message).toContain(problem);
    expect(error.cure).not.toBe("");
  });

  it.each([
    "^[A-Z]{2}\\d{2}[A-Z0-9]{11,30}$",
    "^\\d{5,20}$",
    "^.{1,50}@.+$",
    "\\(\\?=literal\\)",
    "[(?=]",
    "\\\\1",
  ])("/%s/ is not refused", (source) => {
    expect(guardedRegex(source, "g")).toEqual({ source, flags: "g" });
  });

  it("the groups and positions of a match are kept without the flag i", async () => {
    const text = "$match(text, /(?:order|po)-([a-f]+)(\\d+)/i).{ 'index': index, 'groups': groups }";
    expect(await evaluated(text, { text: "see ORDER-Cafe12 and po-b7" })).toEqual([
      { index: 4, groups: ["Cafe", "12"] },
      { index: 21, groups: ["b", "7"] },
    ]);
  });
});

describe("a pattern without the flag i", () => {
  const sources = [
    "a",
    "[a-f]x",
    "[^k]+",
    "[A-z]",
    "[0-Z]",
    "\\bAb\\b",
    "(?:o|P)(q)",
    "\\x41b",
    "[\\x41-\\x43q]",
    "[\\]-a]",
    "[\\w-]B",
    "[a\\-z]",
    "\\/A\\.",
    "é|Ü",
    "a{2}[\\]b]",
    "\\d\\cJ?z",
    "[^]",
    "ß",
    "(?<Name>ab)c",
    "ẞ",
  ];

  it("matches what it matches with it", () => {
    const letters = fc.string({
      unit: fc.constantFrom(..."aAbBfFkKxXzZoOpPqQ09_ éÉüÜß[]^`\\cC"),
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.constantFrom(...sources), letters, (source, text) => {
        const before = new RegExp(source, "i").exec(text);
        const after = new RegExp(caseless(source)).exec(text);
        expect(after?.[0]).toBe(before?.[0]);
        expect(after?.index).toBe(before?.index);
      }),
      { numRuns: 3_000 },
    );
  });
});
