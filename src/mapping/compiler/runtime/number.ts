import { failure } from "./value.ts";

const DECIMAL = /^-?[0-9]+(\.[0-9]+)?([Ee][-+]?[0-9]+)?$/;

/** So many digits are a whole number without loss, and so is the power of ten that puts the point. */
const EXACT_DIGITS = 15;

/** `$number` of a text in decimal notation; undefined for any other, which is the library's work. */
export function decimalNumber(text: string): number | undefined {
  const plain = text.length <= EXACT_DIGITS ? plainDecimal(text) : undefined;
  if (plain !== undefined) return plain;
  if (!DECIMAL.test(text)) return undefined;
  const value = Number.parseFloat(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Digits with at most a sign and a point; the quotient of two exact numbers is the nearest there is. */
function plainDecimal(text: string): number | undefined {
  const from = text.charCodeAt(0) === 45 ? 1 : 0;
  let whole = 0;
  let point = -1;
  for (let at = from; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit >= 0 && digit <= 9) whole = whole * 10 + digit;
    else if (digit === -2 && point < 0 && at > from) point = at;
    else return undefined;
  }
  const last = text.length - 1;
  if (last < from || point === last) return undefined;
  const value = point < 0 ? whole : whole / (POWERS[last - point] as number);
  return from === 0 ? value : -value;
}

const POWERS: readonly number[] = Array.from({ length: 16 }, (_, places) => 10 ** places);

/** `$round`: half to even, shifted as text so that decimal digits stay what they are. */
export function rounded(value: number, precision: number): number {
  const power = POWERS[precision];
  if (power === undefined) return roundedAsText(value, precision);
  const shifted = value * power;
  const whole = Math.round(shifted);
  // Far from a half the product's last bit decides nothing, and the quotient of two whole numbers is exact to the last.
  const isClear = Math.abs(Math.abs(shifted - whole) - 0.5) > 1e-6 && Math.abs(shifted) < 1e9;
  return isClear ? whole / power + 0 : roundedAsText(value, precision);
}

function roundedAsText(value: number, precision: number): number {
  const shifted = precision ? shift(value, precision) : value;
  let whole = Math.round(shifted);
  const rest = whole - shifted;
  if (Math.abs(rest) === 0.5 && Math.abs(whole % 2) === 1) whole -= 1;
  const result = precision ? shift(whole, -precision) : whole;
  return Object.is(result, -0) ? 0 : result;
}

function shift(value: number, places: number): number {
  const [digits, exponent] = value.toString().split("e");
  return Number(`${digits}e${exponent === undefined ? places : Number(exponent) + places}`);
}

export function powered(base: number, exponent: number, position: number): number {
  const result = base ** exponent;
  if (!Number.isFinite(result)) throw failure("D3061", { position, token: "power", index: 1 });
  return result;
}
