/** Enough digits in one run, or a long enough exponent, that a double may not hold the number. */
const SUSPECT = /[\d.]{16,}|\d[eE][+-]?\d{3,}/;

const NUMBER = /^-?(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** Quick look: false means that every number in this JSON text is held exactly by a double. */
export function mayHoldInexactNumber(json: string): boolean {
  return SUSPECT.test(json);
}

/**
 * A decimal number in JSON notation as a double when the double writes back the same value, else as the text itself:
 * integers beyond ±(2^53 - 1), too many digits, too large or too small exponents stay text.
 */
export function exactNumber(token: string): number | string {
  const value = Number(token);
  if (token.length <= 15 && !/[eE]/.test(token)) return value;
  if (/^-?\d+$/.test(token)) return Number.isSafeInteger(value) ? value : token;
  return Number.isFinite(value) && decimal(String(value)) === decimal(token) ? value : token;
}

/** One spelling for all spellings of a value: significant digits and power of ten. */
function decimal(token: string): string {
  const [, whole = "", fraction = "", exponent = "0"] = NUMBER.exec(token) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  const power = Number(exponent) - fraction.length + (digits.length - significant.length);
  return `${token.startsWith("-") ? "-" : ""}${significant}e${power}`;
}

/** The same valid JSON text with every number that a double cannot hold written as a string. */
export function quoteInexactNumbers(json: string): string {
  let out = "";
  let copied = 0;
  let at = 0;
  while (at < json.length) {
    const code = json.charCodeAt(at);
    if (code === 34) {
      at = endOfString(json, at);
    } else if (code === 45 || (code >= 48 && code <= 57)) {
      const end = endOfNumber(json, at);
      const token = json.slice(at, end);
      if (typeof exactNumber(token) === "string") {
        out += `${json.slice(copied, at)}"${token}"`;
        copied = end;
      }
      at = end;
    } else {
      at++;
    }
  }
  return copied === 0 ? json : out + json.slice(copied);
}

function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json.charCodeAt(at) !== 34) at += json.charCodeAt(at) === 92 ? 2 : 1;
  return at + 1;
}

function endOfNumber(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && "0123456789.+-eE".includes(json.charAt(at))) at++;
  return at;
}
