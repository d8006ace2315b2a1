/** One change to the text of the library. */
interface Patch {
  readonly find: string;
  readonly put: string;
  /** How often the text must occur; once unless said. */
  readonly times?: number;
}

/** Its guard rails look at the wall clock, and not at all in these loops; `guard` is guard.ts. */
const STEPS: readonly Patch[] = [
  {
    find: `environment.base.depth++;
        environment.base.guardrails();`,
    put: "guard.step(++environment.base.depth);",
  },
  // Every call of a function, also those that $map, $filter, $reduce and their kin make of built-in ones.
  { find: "var validatedArgs = args;", put: "guard.tick(); var validatedArgs = args;" },
  { find: "var match = re.exec(str);", put: "guard.tick(); var match = re.exec(str);" },
  { find: "tuple = Object.create(null);", put: "guard.tick(); tuple = Object.create(null);" },
  // Values may be shared: what is small in memory can be endless to walk.
  { find: "function flatten(arg, flattened) {", put: "function flatten(arg, flattened) { guard.tick();" },
  {
    find: "function recurseDescendants(input, results) {",
    put: "function recurseDescendants(input, results) { guard.tick();",
  },
  { find: "var trues = arg.filter(", put: "guard.tick(); var trues = arg.filter(" },
  {
    find: "var allkeys = keys.call(this, arg[ii]);",
    put: "guard.tick(); var allkeys = keys.call(this, arg[ii]);",
  },
  {
    find: "if(typeof lhs === 'object' && typeof rhs === 'object' && lhs !== null && rhs !== null) {",
    put: "if(typeof lhs === 'object' && typeof rhs === 'object' && lhs !== null && rhs !== null) { guard.tick();",
  },
];

/** Nothing is made without a look at its size. */
const SIZES: readonly Patch[] = [
  { find: "result = lstr.concat(rstr);", put: "result = guard.concat(lstr, rstr);" },
  { find: "result = new Array(size);", put: "guard.checkCount(size); result = new Array(size);" },
  { find: "return arg1.concat(arg2);", put: "return guard.append(arg1, arg2);" },
  {
    find: "Array.prototype.forEach.call(res, val => resultSequence.push(val));",
    put: "guard.pushAll(resultSequence, res);",
  },
  { find: "res.forEach(val => result.push(val));", put: "guard.pushAll(result, res);" },
  {
    find: "str = JSON.stringify(arg, function (key, val) {",
    put: "guard.measure(arg); str = JSON.stringify(arg, function (key, val) {",
  },
  // Its own copies the rest of the array at each comparison. What is no array it leaves as it is.
  {
    find: "var result = msort(arr);",
    put: "var result = Array.isArray(arr) ? guard.sortWith(arr, comp) : arr;",
  },
];

/** The same for what a single call of a built-in makes. */
const BUILT_INS: readonly Patch[] = [
  {
    find: "function pad(str, width, char) {",
    put: "function pad(str, width, char) { guard.checkPad(str, width);",
  },
  {
    find: "function join(strs, separator) {",
    put: "function join(strs, separator) { guard.checkJoin(strs, separator);",
  },
  { find: "result += replacement;", put: "result += replacement; guard.checkText(result.length);" },
  { find: "result += replacedWith;", put: "result += replacedWith; guard.checkText(result.length);" },
  {
    find: "function formatNumber(value, picture, options) {",
    put: "function formatNumber(value, picture, options) { guard.checkNumberFormat(picture, options);",
  },
  {
    find: "mantissa = adjustedNumber;\n            exponent = 0;",
    put: "guard.checkFinite(adjustedNumber); mantissa = adjustedNumber; exponent = 0;",
  },
  { find: "var letters = [];", put: "guard.checkFinite(value); var letters = [];" },
  {
    find: "function analyseIntegerPicture(picture) {",
    put: "function analyseIntegerPicture(picture) { guard.checkPicture(picture);",
  },
  {
    find: "function analyseDateTimePicture(picture) {",
    put: "function analyseDateTimePicture(picture) { guard.checkDatePicture(picture);",
  },
  {
    find: "var results = isSequence(arr) ? this.createSequence() : [];",
    put: "return guard.distinct(arr, isSequence(arr) ? this.createSequence() : []);",
  },
  // `apply` would put each number on the stack.
  { find: "return Math.max.apply(Math, args);", put: "return args.reduce((a, b) => Math.max(a, b));" },
  { find: "return Math.min.apply(Math, args);", put: "return args.reduce((a, b) => Math.min(a, b));" },
  // Refused by lint.ts; this is the second lock.
  { find: "staticFrame.bind('eval', defineFunction(functionEval, '<sx?:x>'));", put: "" },
];

/** A regular expression runs only when its time is bounded. */
const REGEXES: readonly Patch[] = [
  { find: "return new RegExp(pattern, flags);", put: "return guard.literalRegex(pattern, flags);" },
  {
    find: "const matcher = new RegExp(fullRegex, 'i');",
    put: "const matcher = guard.pictureRegex(fullRegex);",
  },
];

/** A picture is read once, not at each call. What is read is not changed by its use, but for one list. */
const PICTURES: readonly Patch[] = [
  {
    find: "function analyseDateTimePicture(picture) {",
    put: `const analyseDateTimePicture = guard.remembered(readDateTimePicture);
    function readDateTimePicture(picture) {`,
  },
  {
    find: "function analyseIntegerPicture(picture) {",
    put: `const analyseInteger = guard.remembered(readIntegerPicture);
    function readIntegerPicture(picture) {`,
  },
  { find: "const format = analyseIntegerPicture(picture);", put: "const format = analyseInteger(picture);" },
  {
    find: "const formatSpec = analyseIntegerPicture(picture);",
    put: "const formatSpec = analyseInteger(picture);",
  },
  { find: "= analyseIntegerPicture(", put: "= readIntegerPicture(", times: 2 },
  { find: "format.groupingSeparators.reverse()", put: "format.groupingSeparators.slice().reverse()" },
  {
    find: "const matchSpec = generateRegex(formatSpec);",
    put: "const matchSpec = formatSpec.matchSpec || (formatSpec.matchSpec = generateRegex(formatSpec));",
    times: 2,
  },
  {
    find: `var parts = subPictures.map(splitParts);
        parts.forEach(validate);

        var variables = parts.map(analyse);`,
    put: `var variables = guard.analysed(typeof options === 'undefined' ? picture : undefined, () => {
            var parts = subPictures.map(splitParts);
            parts.forEach(validate);
            return parts.map(analyse);
        });`,
  },
];

/** The input is the caller's: an empty array of it is not filled, no array of it is marked, no value labelled. */
const INPUT: readonly Patch[] = [
  { find: "input.push(undefined);", put: "input = [undefined];" },
  {
    find: "resultSequence.keepSingleton = true;",
    put: "if(isSequence(resultSequence)) { resultSequence.keepSingleton = true; }",
  },
  // Compiled code marks the list around an input that is a list in its own way.
  { find: "arg.outerWrapper) {", put: "(arg.outerWrapper || guard.isOuter(arg))) {" },
  { find: "if(typeof proc === 'object') {", put: "if(typeof proc === 'object' && isFunction(proc)) {" },
  {
    find: "if(result.body.procedure.type === 'variable') {",
    put: `if(!isFunction(next)) {
                throw { code: "T1006", position: result.body.procedure.position, token: result.body.procedure.value };
            }
            if(result.body.procedure.type === 'variable') {`,
  },
];

/** A built-in keeps the position of its last call, which may have been in another mapping. */
const POSITIONS: readonly Patch[] = [
  {
    find: "err.position = proc.position || err.position;",
    put: "if(!err.position && isLambda(proc)) { err.position = proc.position; }",
  },
];

/** The search for a debugger, at every step and for every scope, is a tenth of its time. */
const HOOKS: readonly Patch[] = [
  { find: "environment.lookup(Symbol.for('jsonata.__evaluate_entry'))", put: "undefined" },
  { find: "environment.lookup(Symbol.for('jsonata.__evaluate_exit'))", put: "undefined" },
  { find: "enclosingEnvironment.lookup(Symbol.for('jsonata.__createFrame_push'))", put: "undefined" },
];

/**
 * It never waits for the outside, yet a promise at each node is most of its time, and side by side the members of an
 * object would share what must not be shared. So it runs straight through: the first failure in the text is the one.
 */
const WAITS: readonly Patch[] = [
  { find: "enclosingEnvironment.async : false", put: "false : false" },
  { find: "async ", put: "", times: 46 },
  { find: "await ", put: "", times: 105 },
  { find: "Promise.all(", put: "(", times: 2 },
];

const PATCHES: readonly Patch[] = [
  ...WAITS,
  ...STEPS,
  ...SIZES,
  ...BUILT_INS,
  ...REGEXES,
  ...PICTURES,
  ...INPUT,
  ...POSITIONS,
  ...HOOKS,
];

/**
 * The text of jsonata 2.2.2 with its loops guarded and its errors about the input mended.
 * @throws Error when a place is not there as often as it should be: another version needs another look
 */
export function patchLibrary(text: string): string {
  return PATCHES.reduce((patched, { find, put, times = 1 }) => {
    const parts = patched.split(find);
    if (parts.length !== times + 1) throw new Error(`jsonata is not the version this guards: ${find}`);
    return parts.join(put);
  }, text);
}
