import { type Emitter, quoted } from "./emitter.ts";
import {
  ANY,
  ARRAY,
  BOOLEAN,
  can,
  ENDLESS,
  FUNCTION,
  NOTHING,
  NUMBER,
  OBJECT,
  only,
  TEXT,
  type Value,
} from "./kind.ts";
import { at, type Node } from "./node.ts";
import { truthOf } from "./operator.ts";
import { patterned } from "./pattern.ts";
import type { Quick } from "./quick.ts";

/** A call that is written out; undefined when there is nothing quicker than the library's own function. */
type Write = (args: readonly Value[], emitter: Emitter, node: Node) => Quick | undefined;

/** A built-in whose answer is a sequence that is not yet a value. */
const OPEN = new Set([
  "match",
  "map",
  "filter",
  "keys",
  "lookup",
  "append",
  "spread",
  "each",
  "distinct",
  "single",
  "reduce",
  "sort",
  "reverse",
  "shuffle",
]);

/** A call of a function of the library or of the host. */
export function builtInCall(
  emitter: Emitter,
  name: string,
  args: readonly Value[],
  input: string,
  node: Node,
  tail = false,
): Value {
  const sure = always(emitter, name, args);
  if (sure !== undefined) return sure;
  const native = emitter.constant(`native(${quoted(name)})`, "q");
  const slow = `invoke(${native}, ${input}, [${args.map(({ js }) => js).join(", ")}], ${at(node)})`;
  const isFit = args.length <= (MOST[name] ?? 1);
  const quick = !isFit
    ? undefined
    : (QUICK[name]?.(withContext(name, args, input), emitter, node) ?? patterned(emitter, name, args, node));
  const kinds = KINDS[name] ?? ANY;
  if (quick === undefined) {
    const value = emitter.temp(slow, kinds | NOTHING);
    return tail || OPEN.has(name) ? { ...value, open: true } : value;
  }
  const missing = args.length > 0 && !STRICT.has(name) && can(args[0]?.kinds ?? 0, NOTHING);
  const first = args[0]?.js ?? "";
  const rest = missing ? `${first} === undefined ? undefined : ${slow}` : slow;
  const value = emitter.temp(`${quick.test} ? ${quick.code} : ${rest}`, quick.kinds | kinds | NOTHING);
  return tail || OPEN.has(name) ? { ...value, open: true } : value;
}

/** How many arguments they take at most, where it is more than one. */
const MOST: Readonly<Record<string, number>> = {
  contains: 2,
  decimal: 2,
  email: 2,
  fromMillis: 3,
  isoDate: 2,
  join: 2,
  lookup: 2,
  match: 3,
  pad: 3,
  phone: 2,
  power: 2,
  replace: 4,
  round: 2,
  split: 3,
  substring: 3,
  substringAfter: 2,
  substringBefore: 2,
  toMillis: 2,
};

/** A missing first argument is not simply answered with nothing. */
const STRICT = new Set([
  "append",
  "count",
  "exists",
  "error",
  "assert",
  "zip",
  "keys",
  "lookup",
  "spread",
  "each",
  "sift",
  "now",
  "millis",
  "random",
  "type",
  "contains",
  "replace",
  "split",
  "match",
  "pad",
  "join",
  "substring",
  "substringBefore",
  "substringAfter",
  "power",
  "formatNumber",
  "formatBase",
  "formatInteger",
  "parseInteger",
]);

/** What a one-argument function takes when it is given none. */
const CONTEXTUAL = new Set([
  "string",
  "length",
  "trim",
  "lowercase",
  "uppercase",
  "number",
  "floor",
  "ceil",
  "round",
  "abs",
  "sqrt",
  "boolean",
  "not",
]);

function withContext(name: string, args: readonly Value[], input: string): readonly Value[] {
  if (args.length > 0 || !CONTEXTUAL.has(name)) return args;
  return [{ js: input, kinds: ANY, input: false }];
}

/** What the library's function answers with. */
const KINDS: Readonly<Record<string, number>> = {
  string: TEXT,
  substring: TEXT,
  substringBefore: TEXT,
  substringAfter: TEXT,
  lowercase: TEXT,
  uppercase: TEXT,
  length: NUMBER,
  trim: TEXT,
  pad: TEXT,
  contains: BOOLEAN,
  replace: TEXT,
  split: ARRAY,
  join: TEXT,
  formatNumber: TEXT,
  formatBase: TEXT,
  formatInteger: TEXT,
  parseInteger: NUMBER | ENDLESS,
  number: NUMBER | ENDLESS,
  floor: NUMBER | ENDLESS,
  ceil: NUMBER | ENDLESS,
  round: NUMBER | ENDLESS,
  abs: NUMBER | ENDLESS,
  sqrt: NUMBER | ENDLESS,
  power: NUMBER,
  sum: NUMBER | ENDLESS,
  count: NUMBER,
  max: NUMBER | ENDLESS,
  min: NUMBER | ENDLESS,
  average: NUMBER | ENDLESS,
  boolean: BOOLEAN,
  not: BOOLEAN,
  exists: BOOLEAN,
  type: TEXT,
  toMillis: NUMBER | ENDLESS,
  fromMillis: TEXT,
  now: TEXT,
  millis: NUMBER,
  random: NUMBER,
  merge: OBJECT,
  base64encode: TEXT,
  base64decode: TEXT,
  encodeUrl: TEXT,
  encodeUrlComponent: TEXT,
  decodeUrl: TEXT,
  decodeUrlComponent: TEXT,
  zip: ARRAY,
  sift: OBJECT,
  decimal: TEXT,
  email: TEXT,
  isoDate: TEXT,
  phone: TEXT,
};

/** Functions that take anything. */
function always(emitter: Emitter, name: string, args: readonly Value[]): Value | undefined {
  const [first, second] = args as readonly [Value, Value];
  if (name === "exists" && args.length === 1) return emitter.temp(`${first.js} !== undefined`, BOOLEAN);
  if (name === "count" && args.length === 1)
    return emitter.temp(
      `Array.isArray(${first.js}) ? ${first.js}.length : ${first.js} === undefined ? 0 : 1`,
      NUMBER,
    );
  if ((name === "not" || name === "boolean") && args.length === 1) {
    const truth = name === "not" ? `!(${truthOf(first)})` : truthOf(first);
    if (name === "boolean" && can(first.kinds, ARRAY))
      return emitter.temp(`booleanOf(${first.js})`, BOOLEAN | NOTHING);
    if (!can(first.kinds, NOTHING)) return emitter.temp(truth, BOOLEAN);
    return emitter.temp(`${first.js} === undefined ? undefined : ${truth}`, BOOLEAN | NOTHING);
  }
  if (name === "append" && args.length === 2)
    return { ...emitter.temp(`append(${first.js}, ${second.js})`), open: true };
  if (name === "distinct" && args.length === 1 && !can(first.kinds, FUNCTION))
    return { ...emitter.temp(`distinct(${first.js})`), open: true };
  if (name === "type" && args.length === 1) return emitter.temp(`typeName(${first.js})`, TEXT | NOTHING);
  return undefined;
}

function isText(js: string): string {
  return `typeof ${js} === "string"`;
}

function isNumber(js: string): string {
  return `typeof ${js} === "number"`;
}

/** A function of one text. */
function ofText(code: (js: string) => string, kinds: number): Write {
  return (args) => {
    const [text] = args;
    if (text === undefined || args.length !== 1) return undefined;
    return { test: isText(text.js), code: code(text.js), kinds };
  };
}

function ofNumber(code: (js: string) => string): Write {
  return (args) => {
    const [number] = args;
    if (number === undefined || args.length !== 1) return undefined;
    return { test: isNumber(number.js), code: code(number.js), kinds: NUMBER | ENDLESS };
  };
}

/** A function of two texts. */
function ofTexts(name: string, kinds: number): Write {
  return (args) => {
    const [text, mark] = args;
    if (text === undefined || mark === undefined || args.length !== 2) return undefined;
    return {
      test: `${isText(text.js)} && ${isText(mark.js)}`,
      code: `${name}(${text.js}, ${mark.js})`,
      kinds,
    };
  };
}

/** A function of a list of numbers; one number is a list of one. */
function ofNumbers(code: (js: string) => string, one: (js: string) => string): Write {
  return (args) => {
    const [list] = args;
    if (list === undefined || args.length !== 1) return undefined;
    const { js } = list;
    const test = `(${isNumber(js)} || areNumbers(${js}))`;
    return { test, code: `${isNumber(js)} ? ${one(js)} : ${code(js)}`, kinds: NUMBER | ENDLESS };
  };
}

/** `$sum`: the list is looked through once. */
function sum(args: readonly Value[], emitter: Emitter): Quick | undefined {
  const [list] = args;
  if (list === undefined || args.length !== 1) return undefined;
  const total = emitter.temp(`sumOf(${list.js})`);
  return { test: `${total.js} !== undefined`, code: total.js, kinds: NUMBER | ENDLESS };
}

/** A helper of the hub: a text, and a text that may be missing. */
function helper(name: string): Write {
  return (args) => {
    const [text, option] = args;
    if (text === undefined || args.length > 2) return undefined;
    const js = option?.js ?? "undefined";
    const isOption =
      option === undefined || only(option.kinds, TEXT) ? "" : ` && (${js} === undefined || ${isText(js)})`;
    return { test: `${isText(text.js)}${isOption}`, code: `help.${name}(${text.js}, ${js})`, kinds: TEXT };
  };
}

const QUICK: Readonly<Record<string, Write>> = {
  string: (args, _emitter, node) => {
    const [value] = args;
    if (value === undefined || args.length !== 1) return undefined;
    const { js } = value;
    return {
      test: `${js} !== undefined`,
      code: `${isText(js)} ? ${js} : stringOf(${js}, ${at(node)})`,
      kinds: TEXT,
    };
  },
  length: ofText((js) => `lengthOf(${js})`, NUMBER),
  trim: ofText((js) => `trimmed(${js})`, TEXT),
  lowercase: ofText((js) => `${js}.toLowerCase()`, TEXT),
  uppercase: ofText((js) => `${js}.toUpperCase()`, TEXT),
  substringBefore: ofTexts("beforeText", TEXT),
  substringAfter: ofTexts("afterText", TEXT),
  substring: ([text, from, length], _emitter, _node) => {
    if (text === undefined || from === undefined) return undefined;
    const isLength = length === undefined ? "" : ` && ${isNumber(length.js)}`;
    const code = `substringOf(${text.js}, ${from.js}, ${length?.js ?? "undefined"})`;
    return { test: `${isText(text.js)} && ${isNumber(from.js)}${isLength}`, code, kinds: TEXT };
  },
  pad: ([text, width, fill], _emitter, _node) => {
    if (text === undefined || width === undefined) return undefined;
    const isFill = fill === undefined ? "" : ` && ${isText(fill.js)} && ${fill.js} !== ""`;
    const code = `padded(${text.js}, ${width.js}, ${fill?.js ?? '" "'})`;
    return { test: `${isText(text.js)} && Number.isFinite(${width.js})${isFill}`, code, kinds: TEXT };
  },
  join: ([texts, separator], _emitter, _node) => {
    if (texts === undefined) return undefined;
    const mark = separator?.js ?? '""';
    const isMark = separator === undefined ? "" : ` && ${isText(mark)}`;
    const code = `${isText(texts.js)} ? ${texts.js} : joined(${texts.js}, ${mark})`;
    return { test: `(${isText(texts.js)} || areTexts(${texts.js}))${isMark}`, code, kinds: TEXT };
  },
  number: (args, emitter) => {
    const [value] = args;
    if (value === undefined || args.length !== 1) return undefined;
    const parsed = emitter.temp(`${isText(value.js)} ? decimalNumber(${value.js}) : ${value.js}`);
    return { test: isNumber(parsed.js), code: parsed.js, kinds: NUMBER | ENDLESS };
  },
  floor: ofNumber((js) => `Math.floor(${js})`),
  ceil: ofNumber((js) => `Math.ceil(${js})`),
  abs: ofNumber((js) => `Math.abs(${js})`),
  round: ([value, precision]) => {
    if (value === undefined) return undefined;
    const isPrecision = precision === undefined ? "" : ` && ${isNumber(precision.js)}`;
    const code = `rounded(${value.js}, ${precision?.js ?? "0"})`;
    return { test: `${isNumber(value.js)}${isPrecision}`, code, kinds: NUMBER | ENDLESS };
  },
  power: ([base, exponent], _emitter, node) => {
    if (base === undefined || exponent === undefined) return undefined;
    const code = `powered(${base.js}, ${exponent.js}, ${at(node)})`;
    return { test: `${isNumber(base.js)} && ${isNumber(exponent.js)}`, code, kinds: NUMBER };
  },
  sum,
  max: ofNumbers(
    (js) => `largest(${js})`,
    (js) => js,
  ),
  min: ofNumbers(
    (js) => `smallest(${js})`,
    (js) => js,
  ),
  average: ofNumbers(
    (js) => `average(${js})`,
    (js) => `0 + ${js}`,
  ),
  lookup: ([value, name]) => {
    if (value === undefined || name === undefined) return undefined;
    const test = `isObject(${value.js}) && ${isText(name.js)}`;
    return { test, code: `own(${value.js}, ${name.js})`, kinds: ANY };
  },
  keys: (args) => ofObject(args, "keysOf"),
  spread: (args) => ofObject(args, "spreadObject"),
  merge: ([value]) => {
    if (value === undefined) return undefined;
    return { test: `areObjects(${value.js})`, code: `merged(${value.js})`, kinds: OBJECT };
  },
  reverse: ([list]) =>
    list === undefined
      ? undefined
      : { test: `Array.isArray(${list.js})`, code: `reversed(${list.js})`, kinds: ANY },
  sort: (args) => {
    const [list] = args;
    if (list === undefined || args.length !== 1) return undefined;
    return { test: `areSortable(${list.js})`, code: `sorted(${list.js})`, kinds: ARRAY };
  },
  millis: (args) =>
    args.length === 0 ? { test: "true", code: "evaluationTime().getTime()", kinds: NUMBER } : undefined,
  decimal: helper("decimal"),
  email: helper("email"),
  isoDate: helper("isoDate"),
  phone: helper("phone"),
};

function ofObject(args: readonly Value[], name: string): Quick | undefined {
  const [value] = args;
  if (value === undefined || args.length !== 1) return undefined;
  return { test: `isObject(${value.js})`, code: `${name}(${value.js})`, kinds: ANY };
}
