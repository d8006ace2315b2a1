import type { Random } from "../faults/random.ts";
import { callOf, higherOrder } from "./grammar-calls.ts";
import { FIELDS, FIELDS_BY_KIND, literal, TEXTS } from "./grammar-words.ts";

/** What an expression is meant to give. One in a few gives something else: errors must be equal too. */
export type Kind = "any" | "number" | "text" | "truth" | "list" | "object";

/** Where an expression is made: how deep it may still grow, and which variables it may name. */
export interface Scope {
  readonly random: Random;
  readonly depth: number;
  readonly variables: readonly string[];
}

const KINDS: readonly Kind[] = ["any", "number", "text", "truth", "list", "object"];

export function oneOf<Member>(random: Random, members: readonly Member[]): Member {
  return members[random.int(members.length)] as Member;
}

export function deeper(scope: Scope, ...names: readonly string[]): Scope {
  return { ...scope, depth: scope.depth - 1, variables: [...scope.variables, ...names] };
}

/** A whole expression, over all constructs of the language. */
export function expression(random: Random): string {
  const scope: Scope = { random, depth: 2 + random.int(3), variables: [] };
  return random.int(3) === 0 ? block(scope, "any", false) : term(scope, oneOf(random, KINDS));
}

/** An expression that stands anywhere: what needs brackets has them. */
export function term(scope: Scope, wanted: Kind): string {
  const { random } = scope;
  const kind = random.int(14) === 0 ? oneOf(random, KINDS) : wanted;
  if (scope.depth <= 0) return leaf(scope, kind);
  const roll = random.int(12);
  if (roll === 0) return block(scope, kind, true);
  if (roll === 1) return `(${condition(scope, kind)})`;
  if (roll === 2) return callOf(scope, kind);
  if (roll === 3) return path(scope);
  if (roll === 4 && random.int(2) === 0) return `(${term(deeper(scope), "any")} ~> ${chained(scope)})`;
  return MAKERS[kind](scope);
}

const MAKERS: Readonly<Record<Kind, (scope: Scope) => string>> = {
  any: (scope) => (scope.random.int(2) === 0 ? path(scope) : term(deeper(scope), oneOf(scope.random, KINDS))),
  number: (scope) =>
    scope.random.int(2) === 0 ? callOf(scope, "number") : binary(scope, ["+", "-", "*", "/", "%"], "number"),
  text: (scope) => (scope.random.int(2) === 0 ? callOf(scope, "text") : binary(scope, ["&"], "any")),
  truth,
  list,
  object: (scope) => (scope.random.int(4) === 0 ? callOf(scope, "object") : objectOf(scope)),
};

function leaf(scope: Scope, kind: Kind): string {
  const { random, variables } = scope;
  const roll = random.int(12);
  if (roll < 2 && variables.length > 0) return `$${oneOf(random, variables)}`;
  if (roll < 5) return literal(random, kind);
  if (roll === 5) return oneOf(random, ["$", "$$", "$.a", "$$.items"]);
  if (roll === 6) return oneOf(random, FIELDS);
  return oneOf(random, FIELDS_BY_KIND[kind]);
}

function binary(scope: Scope, operators: readonly string[], kind: Kind): string {
  return `(${term(deeper(scope), kind)} ${oneOf(scope.random, operators)} ${term(deeper(scope), kind)})`;
}

function truth(scope: Scope): string {
  const { random } = scope;
  const roll = random.int(6);
  if (roll === 0) return binary(scope, ["and", "or"], "truth");
  if (roll === 1) return `(${term(deeper(scope), "any")} in ${term(deeper(scope), "list")})`;
  if (roll === 2) return callOf(scope, "truth");
  if (roll === 3) return binary(scope, ["=", "!="], "any");
  return binary(scope, ["<", "<=", ">", ">=", "=", "!="], random.int(2) === 0 ? "number" : "text");
}

function list(scope: Scope): string {
  const { random } = scope;
  const roll = random.int(6);
  if (roll === 0) return higherOrder(scope);
  if (roll === 1) return callOf(scope, "list");
  if (roll === 2) return path(scope);
  if (roll === 3) {
    const from = random.int(5) - 2;
    return `[${from}..${from + random.int(7) - 1}]`;
  }
  const members = Array.from({ length: random.int(4) }, () => term(deeper(scope), "any"));
  return `[${members.join(", ")}]`;
}

export function objectOf(scope: Scope): string {
  return `{${pairs(scope, scope.random.int(4))}}`;
}

function pairs(scope: Scope, count: number): string {
  const { random } = scope;
  return Array.from({ length: count }, () => {
    const computed = random.int(4) === 0;
    const key = computed ? term(deeper(scope), "text") : `"${oneOf(random, KEYS)}"`;
    return `${key}: ${term(deeper(scope), "any")}`;
  }).join(", ");
}

const KEYS = ["a", "b", "c", "id", "x y", "0", "1", "__proto__", "constructor", "toString", "sequence"];

/** A path: its first step, further steps, and what may hang on each of them. */
export function path(scope: Scope): string {
  const { random } = scope;
  const count = 1 + random.int(3);
  const bound: string[] = [];
  let text = "";
  for (let at = 0; at < count; at++) {
    const inner = deeper(scope, ...bound);
    const first = at === 0;
    text += first ? firstStep(inner) : `.${nextStep(inner)}`;
    text += hangers({ ...inner, depth: Math.min(inner.depth, 2) }, bound, first);
  }
  if (random.int(12) === 0) text += `{${pairs(deeper(scope, ...bound), 1 + random.int(2))}}`;
  if (random.int(10) === 0) text += "[]";
  return text;
}

function firstStep(scope: Scope): string {
  const { random } = scope;
  const roll = random.int(12);
  if (roll === 0) return oneOf(random, ["$", "$$", "*", "**"]);
  if (roll === 1 && scope.variables.length > 0) return `$${oneOf(random, scope.variables)}`;
  if (roll === 2) return `[${term(deeper(scope), "any")}, ${term(deeper(scope), "any")}]`;
  return random.int(3) === 0 ? oneOf(random, FIELDS) : "items";
}

function nextStep(scope: Scope): string {
  const { random } = scope;
  const roll = random.int(16);
  if (roll === 0) return oneOf(random, ["*", "**", "$"]);
  if (roll === 1) return "%";
  if (roll === 2) return objectOf(scope);
  if (roll === 3) return `(${term(deeper(scope), "any")})`;
  if (roll === 4) return callOf(scope, "any");
  if (roll === 5) return `[${term(deeper(scope), "any")}]`;
  if (roll === 6) return `"${oneOf(random, TEXTS).replaceAll('"', "")}"`;
  if (roll === 7) return `${oneOf(random, ["%.%", "%.a", "%.items"])}`;
  return oneOf(random, FIELDS);
}

/** Predicates, order, `[]`, `@` and `#`, in the places where the language takes them. */
function hangers(scope: Scope, bound: string[], first: boolean): string {
  const { random } = scope;
  let text = "";
  const roll = random.int(8);
  if (roll === 0) {
    const name = `v${bound.length}`;
    bound.push(name);
    text += `@$${name}`;
  } else if (roll === 1) {
    const name = `i${bound.length}`;
    bound.push(name);
    text += `#$${name}`;
  }
  const inner = deeper(scope, ...bound);
  if (random.int(4) === 0) text += `[${predicate(inner)}]`;
  if (random.int(12) === 0) text += `[${predicate(inner)}]`;
  if (random.int(10) === 0) text += `^(${order(inner)})`;
  if (first && random.int(14) === 0) text += `#$i${bound.push(`i${bound.length}`) - 1}`;
  if (random.int(14) === 0) text += "[]";
  return text;
}

function predicate(scope: Scope): string {
  const { random } = scope;
  const roll = random.int(6);
  if (roll < 2) return String(random.int(5) - 2);
  if (roll === 2) return `[${random.int(2)}..${random.int(3)}]`;
  if (roll === 3) return oneOf(random, FIELDS);
  return term(scope, roll === 4 ? "truth" : "number");
}

function order(scope: Scope): string {
  const { random } = scope;
  return Array.from(
    { length: 1 + random.int(2) },
    () => `${oneOf(random, ["", "<", ">"])}${term({ ...scope, depth: Math.min(scope.depth, 1) }, "number")}`,
  ).join(", ");
}

function condition(scope: Scope, kind: Kind): string {
  const { random } = scope;
  const roll = random.int(5);
  const one = (): string => term(deeper(scope), kind);
  if (roll === 0) return `${one()} ?: ${one()}`;
  if (roll === 1) return `${one()} ?? ${one()}`;
  if (roll === 2) return `${term(deeper(scope), "truth")} ? ${one()}`;
  return `${term(deeper(scope), "truth")} ? ${one()} : ${one()}`;
}

/** `( $x := …; …; value )`; its variables are those it binds itself. */
function block(scope: Scope, kind: Kind, nested: boolean): string {
  const { random } = scope;
  const names: string[] = [];
  const steps: string[] = [];
  for (let at = random.int(3); at >= 0; at--) {
    const name = `x${scope.variables.length + names.length}`;
    const value =
      random.int(5) === 0 ? closure(deeper(scope, ...names)) : term(deeper(scope, ...names), "any");
    steps.push(`$${name} := ${value}`);
    names.push(name);
  }
  if (random.int(8) === 0) steps.push(recursion(scope));
  if (nested && random.int(6) === 0) steps.reverse();
  return `(${[...steps, term(deeper(scope, ...names), kind)].join("; ")})`;
}

/** A function called at once, with its environment in it. */
function closure(scope: Scope): string {
  const parameters = ["p", "q"].slice(0, 1 + scope.random.int(2));
  const body = term(deeper(scope, ...parameters), "any");
  const made = `function(${parameters.map((name) => `$${name}`).join(", ")}){${body}}`;
  const given = parameters.map(() => term(deeper(scope), "any"));
  if (scope.random.int(4) === 0) given.pop();
  return `${made}(${given.join(", ")})`;
}

/** Ends by its counter, with and without a call in the last place. */
function recursion({ random }: Scope): string {
  const step = random.int(2) === 0 ? "$r($n - 1, $acc + $n)" : "$n + $r($n - 1, $acc)";
  return `$r := function($n, $acc){$n <= 0 ? $acc : ${step}}; $r(${random.int(30)}, ${random.int(3)})`;
}

/** What may stand behind `~>`. */
function chained(scope: Scope): string {
  const { random } = scope;
  const roll = random.int(5);
  if (roll === 0) return `|${oneOf(random, ["$", "items", "a", "**", "items.sub"])}|${objectOf(scope)}|`;
  if (roll === 1)
    return `|${oneOf(random, ["$", "items", "*"])}|${objectOf(scope)}, ["a", "${oneOf(random, KEYS)}"]|`;
  if (roll === 2) return `function($p){${term(deeper(scope, "p"), "any")}}`;
  if (roll === 3)
    return oneOf(random, ["$sum", "$count", "$string", "$keys", "$uppercase", "$reverse", "$distinct"]);
  return `${oneOf(random, ["$string() ~> $uppercase", "$join(?, '-')", "$substring(0, 2)", "$append(1)"])}`;
}
