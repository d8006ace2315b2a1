import type { Emitter } from "./emitter.ts";
import { ANY, ARRAY, ENDLESS, NUMBER, OBJECT, only, TEXT, type Value } from "./kind.ts";
import { at, type Node } from "./node.ts";
import type { Quick } from "./quick.ts";

/** A call that is written out; undefined when there is nothing quicker than the library's own function. */
type Write = (args: readonly Value[], emitter: Emitter, node: Node) => Quick | undefined;

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

/** Built-ins as they are written where their arguments are of the plain types. */
export const QUICK: Readonly<Record<string, Write>> = {
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
