type Version = string | number;

const DECIMAL = /^(-?)0*(\d+?)(?:\.(\d*?)0*)?$/;

/** Whether `version` is older than `stored`: by number when both are decimal numbers, else by UTF-16 text. */
export function isOlder(version: Version, stored: Version): boolean {
  if (typeof version === "number" && typeof stored === "number") return version < stored;
  const left = String(version);
  const right = String(stored);
  const a = DECIMAL.exec(left);
  const b = DECIMAL.exec(right);
  return a === null || b === null ? left < right : compareDecimals(a, b) < 0;
}

/** Compares digit by digit: change numbers of legacy systems are longer than a double can hold. */
function compareDecimals(a: RegExpExecArray, b: RegExpExecArray): number {
  const [, signA, wholeA = "", restA = ""] = a;
  const [, signB, wholeB = "", restB = ""] = b;
  const zero = (whole: string, rest: string): boolean => whole === "0" && rest === "";
  const negativeA = signA === "-" && !zero(wholeA, restA);
  const negativeB = signB === "-" && !zero(wholeB, restB);
  if (negativeA !== negativeB) return negativeA ? -1 : 1;
  const size = wholeA.length - wholeB.length || compareText(wholeA, wholeB) || compareText(restA, restB);
  return negativeA ? -size : size;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
