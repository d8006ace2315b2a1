import { deeper, type Kind, oneOf, type Scope, term } from "./grammar.ts";
import { REGEXES } from "./grammar-words.ts";

/**
 * Every built-in, by what it gives. In a pattern `N` stands for a number, `T` for a text, `A` for anything, `L` for a
 * list, `O` for an object, `B` for a truth, `R` for a regular expression, `F1` to `F3` for a function of so many
 * parameters; `P` for a picture of a number, `D` of a date, `I` of an integer.
 */
const CALLS: Readonly<Record<Kind, readonly string[]>> = {
  number: [
    "$abs(N)",
    "$floor(N)",
    "$ceil(N)",
    "$round(N)",
    "$round(N, N)",
    "$power(N, N)",
    "$sqrt(N)",
    "$number(A)",
    "$number(T)",
    "$sum(L)",
    "$max(L)",
    "$min(L)",
    "$average(L)",
    "$count(A)",
    "$length(T)",
    "$toMillis(T)",
    "$toMillis(T, D)",
    "$parseInteger(T, I)",
    "$reduce(L, F2)",
    "$reduce(L, F2, N)",
    "$count($shuffle(L))",
    "n.$abs()",
    "-N",
    "-(N)",
  ],
  text: [
    "$string(A)",
    "$string(A, B)",
    "$uppercase(T)",
    "$lowercase(T)",
    "$trim(T)",
    "$substring(T, N)",
    "$substring(T, N, N)",
    "$substringBefore(T, T)",
    "$substringAfter(T, T)",
    "$pad(T, N)",
    "$pad(T, N, T)",
    "$join(L)",
    "$join(L, T)",
    "$join($split(T, T), T)",
    "$replace(T, T, T)",
    "$replace(T, R, T)",
    "$replace(T, R, T, N)",
    '$replace(T, R, "$1-$$0")',
    "$replace(T, R, function($m){$uppercase($m.match)})",
    "$base64encode(T)",
    "$base64decode(T)",
    "$encodeUrl(T)",
    "$encodeUrlComponent(T)",
    "$decodeUrl(T)",
    "$decodeUrlComponent(T)",
    "$formatNumber(N, P)",
    "$formatNumber(N, P, {})",
    "$formatBase(N)",
    "$formatBase(N, N)",
    "$formatInteger(N, I)",
    "$fromMillis(N, D)",
    "$fromMillis(N)",
    '$fromMillis(N, D, "+0530")',
    "$type(A)",
    "$type($random())",
    "s.$uppercase()",
    "s.$substring(1)",
  ],
  truth: [
    "$boolean(A)",
    "$not(A)",
    "$exists(A)",
    "$contains(T, T)",
    "$contains(T, R)",
    "($now() = $now())",
    "($millis() = $millis())",
    "$exists(missing)",
  ],
  list: [
    "$keys(A)",
    "$append(A, A)",
    "$reverse(L)",
    "$sort(L)",
    "$sort(L, F2)",
    "$distinct(L)",
    "$split(T, T)",
    "$split(T, R)",
    "$split(T, T, N)",
    "$match(T, R)",
    "$match(T, R, N)",
    "$match(T, R).groups",
    "$zip(L, L)",
    "$zip(L, L, L)",
    "$spread(A)",
    "$map(L, F1)",
    "$map(L, F2)",
    "$filter(L, F1)",
    "$filter(L, F2)",
    "$each(O, F2)",
    "$sort($shuffle([3, 1, 2]))",
  ],
  object: [
    "$merge(L)",
    "$merge([O, O])",
    "$sift(O, F1)",
    "$sift(O, F2)",
    "$clone(O)",
    "(O ~> |$|O|)",
    "(A ~> |**|O, L|)",
    "$match(T, R)[0]",
  ],
  any: [
    "$lookup(O, T)",
    "$lookup(L, T)",
    "$single(L, F1)",
    "$single(L)",
    "$eachless(A)",
    "$assert(B, T)",
    "$error(T)",
    "(function($p){A})(A)",
    "($f := function($p, $q){A}; $f(A, A))",
    "($g := $substring(?, N, ?); $g(T, 2))",
    "($h := function($p)<n:n>{$p + 1}; $h(A))",
    "($h := function($p, $q)<a<n>s?:x>{[$p, $q]}; $h(A, T))",
    "($h := function($p)<x-:x>{$p}; A.$h())",
    "($c := $trim ~> $uppercase; $c(T))",
    "($k := function($p){function($q){$p & $q}}; $k(A)(A))",
    "(λ($p){$p}(A))",
  ],
};

const PATTERN = /F[123]|(?<![A-Za-z$_.])[NTALOBRPDI](?![A-Za-z])/g;

export function callOf(scope: Scope, kind: Kind): string {
  const inner = deeper(scope);
  const pattern = oneOf(scope.random, CALLS[kind]).replace("$eachless", "$each");
  return pattern.replace(PATTERN, (sign) => filled(inner, sign));
}

export function higherOrder(scope: Scope): string {
  const { random } = scope;
  const name = oneOf(random, ["$map", "$filter", "$map", "$sort", "$reduce", "$each", "$sift", "$single"]);
  const made = oneOf(random, ["F1", "F2", "F3"]);
  return `${name}(${term(deeper(scope), "list")}, ${filled(deeper(scope), made)})`;
}

const KINDS: Readonly<Record<string, Kind>> = {
  N: "number",
  T: "text",
  A: "any",
  L: "list",
  O: "object",
  B: "truth",
};

function filled(scope: Scope, sign: string): string {
  const { random } = scope;
  const kind = KINDS[sign];
  if (kind !== undefined) return term(scope, kind);
  if (sign === "R") return oneOf(random, REGEXES);
  if (sign === "P") return oneOf(random, NUMBER_PICTURES);
  if (sign === "D") return oneOf(random, DATE_PICTURES);
  if (sign === "I") return oneOf(random, INTEGER_PICTURES);
  return functionOf(scope, Number(sign.slice(1)));
}

function functionOf(scope: Scope, parameters: number): string {
  const { random } = scope;
  if (parameters === 1 && random.int(3) === 0)
    return oneOf(random, [
      "$string",
      "$uppercase",
      "$boolean",
      "$not",
      "$number",
      "$pad(?, 3, '-')",
      "$count",
      "$type",
    ]);
  const names = ["p", "q", "r"].slice(0, parameters);
  const body = random.int(3) === 0 ? `$p ${oneOf(random, ["&", "=", "<", "+"])} $q` : null;
  const known = body === null || parameters > 1 ? body : `$p ${oneOf(random, ["&", "=", ">", "*"])} 2`;
  return `function(${names.map((name) => `$${name}`).join(", ")}){${known ?? term(deeper(scope, ...names), "any")}}`;
}

const NUMBER_PICTURES = [
  "'#,##0.00'",
  "'0'",
  "'#0.0#'",
  "'01%'",
  "'0.###‰'",
  "'#,##,##0.0;(#0)'",
  "'0.0e0'",
  "'#'",
  "'x0y'",
  "'0,0.0,0'",
  "''",
];
const DATE_PICTURES = [
  "'[Y0001]-[M01]-[D01]'",
  "'[D1o] [MNn] [Y]'",
  "'[FNn], [D] [MNn,*-3] [Y0001] [H#1]:[m01] [PN]'",
  "'[Y]-[M]-[D]T[H]:[m]:[s].[f001][Z]'",
  "'[X0001]-W[W01]-[F1]'",
  "'[Yi]/[Mi]/[Dw]'",
  "'[d001] [Y] [[x]]'",
  "'[H01][m01] [z] [Z0101t]'",
  "'[Q]'",
  "'[Y'",
];
const INTEGER_PICTURES = [
  "'0'",
  "'#,##0'",
  "'w'",
  "'W'",
  "'Ww;o'",
  "'I'",
  "'i'",
  "'A'",
  "'a'",
  "'0;o'",
  "'001'",
  "'x'",
];
