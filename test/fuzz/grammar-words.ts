import type { Random } from "../faults/random.ts";
import type { Kind } from "./grammar.ts";

/** Names of fields, most of them such as the inputs have. */
export const FIELDS: readonly string[] = [
  "a",
  "b",
  "c",
  "d",
  "n",
  "s",
  "t",
  "f",
  "items",
  "id",
  "name",
  "qty",
  "price",
  "tags",
  "sub",
  "`odd name`",
  "missing",
  "nested",
  "toString",
  "constructor",
  "length",
  "__proto__",
];

/** Of the inputs that are made, those that hold such a thing most of the time. */
export const FIELDS_BY_KIND: Readonly<Record<Kind, readonly string[]>> = {
  any: FIELDS,
  number: [
    "n",
    "$$.n",
    "items[0].qty",
    "items[-1].price",
    "$count(items)",
    "qty",
    "price",
    "$sum(items.qty)",
  ],
  text: ["s", "t", "$$.s", "items[0].name", "name", "id", "$string(n)", "tags[0]"],
  truth: ["f", "$$.f", "$exists(items)", "n > 2", "qty < 3"],
  list: ["items", "tags", "nested", "items.sub", "items.qty", "items.tags", "sub", "$$.items.name"],
  object: ["b", "$", "items[0]", "b.c", "items.sub[0]"],
};

export const TEXTS: readonly string[] = [
  "",
  " ",
  "a",
  "ab",
  "b,c",
  "hello World",
  "  two  words ",
  "1",
  "-1.50",
  "1e3",
  "0x1F",
  "abc-123",
  "2026-11-27",
  "2026-11-27T10:11:12.345Z",
  "ä€𝄞",
  "id",
  "name",
  "__proto__",
  "constructor",
];

const NUMBERS: readonly string[] = [
  "0",
  "1",
  "2",
  "3",
  "-1",
  "0.5",
  "10",
  "-2.5",
  "1e3",
  "100",
  "1234.567",
  "1e21",
  "1e-7",
  "9007199254740993",
];

export const REGEXES: readonly string[] = [
  "/a/",
  "/b+/",
  "/[a-z]+/i",
  "/(\\w)(\\d?)/",
  "/\\s+/",
  "/^\\d/",
  "/,|-/",
  "/(a)|(b)/",
  "/o/g",
  "/./m",
];

/** As the source text of a literal, with escapes of all kinds. */
export function quoted(random: Random, text: string): string {
  const roll = random.int(6);
  if (roll === 0) return `'${text.replaceAll("'", "\\'")}'`;
  if (roll === 1) return `"${text}\\n\\t\\u00e9\\/\\\\"`;
  if (roll === 2) return `"\\uD834\\uDD1E${text}"`;
  return JSON.stringify(text);
}

export function literal(random: Random, kind: Kind): string {
  if (kind === "number") return NUMBERS[random.int(NUMBERS.length)] as string;
  if (kind === "text") return quoted(random, TEXTS[random.int(TEXTS.length)] as string);
  if (kind === "truth") return random.int(2) === 0 ? "true" : "false";
  if (kind === "list") return ["[]", "[1, 2, 3]", '["a", "b"]', "[[1], []]", "[{}]"][random.int(5)] as string;
  if (kind === "object") return ["{}", '{"a": 1}', '{"a": {"b": [1]}}'][random.int(3)] as string;
  const kinds: readonly Kind[] = ["number", "text", "truth", "list", "object"];
  return random.int(8) === 0 ? "null" : literal(random, kinds[random.int(kinds.length)] as Kind);
}
