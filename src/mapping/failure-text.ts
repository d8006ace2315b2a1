/** Run-time errors of the library in words of our own: its messages quote the values that failed. */
const TEXTS: Readonly<Record<string, string>> = {
  D1001: "a number is too large",
  D1002: "- stands before something that is not a number",
  D1004: "a regular expression matches the empty text, so replacing would never end",
  D1009: "two keys of one object are the same",
  D1013: "a key is one that the library reserves",
  D3001: "{f} was given a number without a value",
  D3010: "$replace was given an empty pattern",
  D3011: "the limit of $replace is negative",
  D3012: "the function of $replace answered with something that is not text",
  D3020: "the limit of $split is negative",
  D3030: "{f} was given something that is not a number",
  D3040: "the limit of $match is negative",
  D3050: "the function of $reduce takes fewer than two arguments",
  D3060: "$sqrt was given a negative number",
  D3061: "the result of $power is too large",
  D3070: "$sort without a function sorts texts only or numbers only",
  D3100: "the radix of $formatBase is not from 2 to 36",
  D3110: "$toMillis was given something that is not an ISO 8601 time",
  D3130: "the picture of an integer is not supported",
  D3131: "the picture of an integer mixes digits of two scripts",
  D3132: "the picture of a date has an unknown component",
  D3133: "the picture of a date asks for a name where there is none",
  D3134: "the picture of a date has a time zone of more than four digits",
  D3135: "the picture of a date has a bracket that is not closed",
  D3136: "the picture of a date leaves out a part that the time needs",
  D3138: "$single found more than one",
  D3139: "$single found none",
  D3140: "{f} was given a malformed URL",
  T0410: "argument {n} of {f} is of the wrong type",
  T0411: "the context value is of the wrong type for argument {n} of {f}",
  T0412: "argument {n} of {f} is an array with members of the wrong type",
  T1003: "a key of an object is not text",
  T1006: "{f} is not a function",
  T1007: "{f} is not a function",
  T1008: "{f} is not a function",
  T1010: "the matcher function answered with something that is not a match",
  T2001: "the left side of {o} is not a number",
  T2002: "the right side of {o} is not a number",
  T2003: "the left side of .. is not a whole number",
  T2004: "the right side of .. is not a whole number",
  T2006: "the right side of ~> is not a function",
  T2007: "^(…) compares a text with a number",
  T2008: "^(…) sorts by something that is neither text nor number",
  T2009: "{o} compares a text with a number",
  T2010: "{o} compares something that is neither text nor number",
  T2011: "the update of the transform operator is not an object",
  T2012: "the deletion of the transform operator is not a list of names",
};

export interface RunTimeFailure {
  readonly code: unknown;
  /** Name of the function, without its dollar sign, or the operator. */
  readonly token: unknown;
  /** Number of the argument, from 1. */
  readonly index: unknown;
  /** What the mapping itself says by `$error("…")`. */
  readonly said: string | undefined;
}

/** `T0410: argument 1 of $sum is of the wrong type` */
export function runTimeText({ code, token, index, said }: RunTimeFailure): string {
  if (typeof code !== "string") return "the library failed on this record";
  if (code === "D3137") return `${code}: the mapping refused the record by $error${saying(said)}`;
  if (code === "D3141") return `${code}: the mapping refused the record by $assert${saying(said)}`;
  const isPicture = /^D30[89]\d$/.test(code);
  const text = isPicture
    ? "the picture of $formatNumber is not valid"
    : (TEXTS[code] ?? "the mapping failed");
  const name = typeof token === "string" ? token : "";
  return `${code}: ${text
    .replace("{f}", name === "" ? "a function" : `$${name}`)
    .replace("{n}", String(index))
    .replace("{o}", name === "" ? "the operator" : name)}`;
}

function saying(said: string | undefined): string {
  return said === undefined ? "" : `: ${said}`;
}
