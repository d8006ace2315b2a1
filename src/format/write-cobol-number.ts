import { type CobolBytes, SIGNED_DIGITS } from "./cobol-number.ts";
import type { Picture } from "./copybook-picture.ts";

/** Why a number cannot be kept in a field. */
export class NoSuchNumber extends Error {}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/**
 * The bytes of a number, exact to its last digit.
 * @throws NoSuchNumber when the text is none, or the picture has no room for it
 */
export function numberBytes(text: string, picture: Picture, how: CobolBytes): Buffer {
  const { negative, digits } = digitsOf(text, picture);
  if (negative && !picture.signed) throw new NoSuchNumber("is negative, and has no sign");
  switch (picture.kind) {
    case "packed":
      return packed(negative, digits, picture);
    case "binary":
    case "native":
      return binary(negative, digits, picture, how);
    default:
      return zoned(negative, digits.padStart(picture.digits, "0"), picture, how);
  }
}

/** The digits that are kept, without zeros before them. */
function digitsOf(text: string, { digits, scale, kind }: Picture): { negative: boolean; digits: string } {
  const [, sign = "", whole = "", fraction = ""] = DECIMAL.exec(text) ?? [];
  if (whole === "") throw new NoSuchNumber("has no plain number");
  const decimals = fraction.replace(/0+$/, "");
  if (decimals.length > Math.max(0, scale))
    throw new NoSuchNumber(scale > 0 ? `has more than ${scale} decimals` : "has decimals");
  const all = (whole + decimals.padEnd(Math.max(0, scale), "0")).replace(/^0+/, "");
  // Zeros that the picture has and the bytes have not (P).
  const zeros = all === "" ? 0 : Math.max(0, -scale);
  if (!all.endsWith("0".repeat(zeros))) throw new NoSuchNumber(`is no multiple of ${10 ** zeros}`);
  const kept = all.slice(0, all.length - zeros);
  if (kind !== "native" && kept.length > digits) throw new NoSuchNumber(`needs more than ${digits} digits`);
  return { negative: sign === "-" && kept !== "", digits: kept || "0" };
}

/** Two digits a byte, the last half byte is the sign. */
function packed(negative: boolean, digits: string, { length, signed }: Picture): Buffer {
  const sign = signed ? (negative ? "d" : "c") : "f";
  return Buffer.from(digits.padStart(2 * length - 1, "0") + sign, "hex");
}

function binary(negative: boolean, digits: string, picture: Picture, { littleEndian }: CobolBytes): Buffer {
  const { length, signed, kind } = picture;
  const value = negative ? -BigInt(digits) : BigInt(digits);
  const bits = 8 * length;
  const [least, most] = signed
    ? [-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n]
    : [0n, (1n << BigInt(bits)) - 1n];
  if (value < least || value > most) throw new NoSuchNumber(`needs more than ${length} bytes`);
  const bytes = Buffer.from(
    BigInt.asUintN(bits, value)
      .toString(16)
      .padStart(2 * length, "0"),
    "hex",
  );
  return kind === "native" && littleEndian ? bytes.reverse() : bytes;
}

/** One digit a byte. The sign is a byte of its own, or the zone of the last digit (or the first). */
function zoned(negative: boolean, digits: string, picture: Picture, { table, isEbcdic }: CobolBytes): Buffer {
  const { separateSign, leadingSign, signed } = picture;
  if (separateSign !== undefined) {
    const sign = negative ? "-" : "+";
    const text = separateSign === "leading" ? sign + digits : digits + sign;
    return Buffer.from(Array.from(text, (char) => table.indexOf(char)));
  }
  const bytes = Buffer.from(Array.from(digits, (char) => table.indexOf(char)));
  if (!signed) return bytes;
  const at = leadingSign ? 0 : digits.length - 1;
  const digit = Number(digits[at]);
  // In EBCDIC the zones C and D; in ASCII the characters that these become when they are translated.
  bytes[at] = isEbcdic
    ? (negative ? 0xd0 : 0xc0) + digit
    : SIGNED_DIGITS[negative ? "negative" : "positive"].charCodeAt(digit);
  return bytes;
}
