import type { Random } from "../faults/random.ts";
import { oneOf, path, term } from "./grammar.ts";
import { FIELDS, literal, REGEXES, TEXTS } from "./grammar-words.ts";
import { closing, type Token, textOf, tokensOf } from "./token.ts";

const OPERATORS = [
  "+",
  "-",
  "*",
  "/",
  "&",
  "=",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "and",
  "or",
  "in",
  "??",
  "?:",
  "~>",
  ".",
];
const HANGERS = [
  "[0]",
  "[-1]",
  "[]",
  "[a]",
  ".a",
  ".$",
  "{id: $}",
  "^(id)",
  "#$i",
  "@$v",
  "[[0..1]]",
  ".*",
  ".%",
];

/** An expression of the corpus with one to three of its tokens changed; most of them can still be read. */
export function mutatedText(random: Random, text: string): string {
  let tokens = tokensOf(text);
  for (let left = 1 + random.int(3); left > 0; left--) tokens = changed(random, tokens);
  return textOf(tokens);
}

function changed(random: Random, tokens: readonly Token[]): readonly Token[] {
  const solid = tokens.flatMap(({ kind }, at) => (kind === "space" ? [] : [at]));
  const at = solid[random.int(solid.length || 1)] ?? 0;
  const token = tokens[at];
  if (token === undefined) return tokens;
  const put = (text: string, until = at + 1): readonly Token[] => [
    ...tokens.slice(0, at),
    { kind: "sign", text },
    ...tokens.slice(until),
  ];
  const scope = { random, depth: 2, variables: [] };
  if (token.kind === "sign") {
    const end = closing(tokens, at);
    if (end > at + 1) {
      const inside = textOf(tokens.slice(at + 1, end - 1));
      if (token.text === "(") return put(random.int(2) === 0 ? `(${term(scope, "any")})` : inside, end);
      return random.int(2) === 0
        ? put(`${textOf(tokens.slice(at, end))}${oneOf(random, HANGERS)}`, end)
        : put("", end);
    }
    return OPERATORS.includes(token.text) ? put(` ${oneOf(random, OPERATORS)} `) : put(token.text);
  }
  const roll = random.int(6);
  if (roll === 0) return put(`(${term(scope, "any")})`);
  if (roll === 1 && token.kind !== "function") return put(`${token.text}${oneOf(random, HANGERS)}`);
  if (roll === 2 && token.kind === "name") return put(path(scope));
  return put(alike(random, token));
}

function alike(random: Random, { kind, text }: Token): string {
  if (kind === "number") return literal(random, "number");
  if (kind === "text") return JSON.stringify(oneOf(random, TEXTS));
  if (kind === "regex") return oneOf(random, REGEXES);
  if (kind === "function") return oneOf(random, FUNCTIONS);
  if (kind === "variable") return oneOf(random, ["$", "$$", text]);
  if (["and", "or", "in"].includes(text)) return oneOf(random, ["and", "or", "in", "=", "&"]);
  return oneOf(random, FIELDS);
}

const FUNCTIONS =
  `sum count max min average string number length substring substringBefore substringAfter lowercase
  uppercase trim pad match contains replace split join abs floor ceil round boolean not map zip filter single reduce sift
  keys lookup append exists spread merge reverse each type sort distinct`
    .split(/\s+/)
    .map((name) => `$${name}`);
