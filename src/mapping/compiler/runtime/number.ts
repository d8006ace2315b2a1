import { failure } from "./value.ts";

const DECIMAL = /^-?[0-9]+(\.[0-9]+)?([Ee][-+]?[0-9]+)?$/;

/** `$number` of a text in decimal notation; undefined for any other, which is the library's work. */
export function decimalNumber(text: string): number | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const value = Number.parseFloat(text);
  return Number.isFinite(value) ? value : undefined;
}

/** `$round`: half to even, shifted as text so that decimal digits stay what they are. */
export function rounded(value: number, precision: number): number {
  const shifted = precision === 0 ? value : shift(value, precision);
  let whole = Math.round(shifted);
  const rest = whole - shifted;
  if (Math.abs(rest) === 0.5 && Math.abs(whole % 2) === 1) whole -= 1;
  const result = precision === 0 ? whole : shift(whole, -precision);
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
