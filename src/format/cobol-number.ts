import type { Picture } from "./copybook-picture.ts";

/** A number's sign and digits, without a point; undefined when the bytes are none, "blank" when nothing was filled in. */
export type Digits = { readonly negative: boolean; readonly digits: string } | "blank" | undefined;

/** How characters and byte orders are written in a file. */
export interface CobolBytes {
  /** Characters by their bytes. */
  readonly table: readonly string[];
  readonly isEbcdic: boolean;
  /** Of COMP-5; COMP is always big-endian. */
  readonly littleEndian: boolean;
}

export function readDigits(bytes: Buffer, picture: Picture, how: CobolBytes): Digits {
  switch (picture.kind) {
    case "packed":
      return packed(bytes, picture);
    case "binary":
      return binary(bytes, picture.signed);
    case "native":
      return binary(how.littleEndian ? Buffer.from(bytes).reverse() : bytes, picture.signed);
    default:
      return zoned(bytes, picture, how);
  }
}

/** Two digits a byte, the last half byte is the sign. */
function packed(bytes: Buffer, { signed, digits }: Picture): Digits {
  if (isBlank(bytes)) return "blank";
  const hex = bytes.toString("hex");
  const sign = hex.at(-1) ?? "";
  const found = hex.slice(0, -1);
  if (!/^\d+$/.test(found) || !/[a-f]/.test(sign)) return undefined;
  // A field of an even number of digits has a half byte too much.
  if (digits % 2 === 0 && found[0] !== "0") return undefined;
  return { negative: signed && (sign === "d" || sign === "b"), digits: found };
}

function binary(bytes: Buffer, signed: boolean): Digits {
  const raw = BigInt(`0x${bytes.toString("hex")}`);
  const value = signed ? BigInt.asIntN(8 * bytes.length, raw) : raw;
  return { negative: value < 0n, digits: String(value < 0n ? -value : value) };
}

/** Nothing was filled in: zeros, or blanks of either character set. */
function isBlank(bytes: Buffer): boolean {
  const first = bytes[0];
  return (first === 0 || first === 0x40) && bytes.every((byte) => byte === first);
}

/** One digit a byte. The sign is a byte of its own, or the zone of the last digit (or the first). */
function zoned(bytes: Buffer, picture: Picture, how: CobolBytes): Digits {
  const text = Array.from(bytes, (byte) => how.table[byte] ?? "").join("");
  if (/^[ \0]*$/.test(text)) return "blank";
  if (picture.separateSign !== undefined) return separate(text, picture.separateSign);
  if (!picture.signed) return /^ *\d+$/.test(text) ? { negative: false, digits: text.trim() } : undefined;
  const at = picture.leadingSign ? 0 : text.length - 1;
  const last = how.isEbcdic ? ebcdicDigit(bytes[at] ?? 0) : asciiDigit(text[at] ?? "");
  if (last === undefined) return undefined;
  const digits = text.slice(0, at) + last.digit + text.slice(at + 1);
  return /^ *\d+$/.test(digits) ? { negative: last.negative, digits: digits.trim() } : undefined;
}

function separate(text: string, side: "leading" | "trailing"): Digits {
  const sign = side === "leading" ? text[0] : text.at(-1);
  const digits = side === "leading" ? text.slice(1) : text.slice(0, -1);
  if ((sign !== "+" && sign !== "-") || !/^\d+$/.test(digits)) return undefined;
  return { negative: sign === "-", digits };
}

interface SignedDigit {
  readonly digit: string;
  readonly negative: boolean;
}

function ebcdicDigit(byte: number): SignedDigit | undefined {
  const [zone, digit] = [byte >> 4, byte & 15];
  return zone < 10 || digit > 9 ? undefined : { digit: String(digit), negative: zone === 13 || zone === 11 };
}

/** What EBCDIC's digits with a sign become when they are translated to ASCII. */
export const SIGNED_DIGITS = { positive: "{ABCDEFGHI", negative: "}JKLMNOPQR" } as const;

/** Those, or `p` to `y` for negative ones. */
function asciiDigit(char: string): SignedDigit | undefined {
  if (/^\d$/.test(char)) return { digit: char, negative: false };
  for (const [chars, negative] of [
    [SIGNED_DIGITS.positive, false],
    [SIGNED_DIGITS.negative, true],
    ["pqrstuvwxy", true],
  ] as const) {
    const digit = chars.indexOf(char);
    if (char !== "" && digit !== -1) return { digit: String(digit), negative };
  }
  return undefined;
}

/** Decimal text, with as many decimals as the picture has. */
export function decimalOf({ negative, digits }: Exclude<Digits, "blank" | undefined>, scale: number): string {
  const whole = scale < 0 ? digits + "0".repeat(-scale) : digits.padStart(scale + 1, "0");
  const point = whole.length - Math.max(0, scale);
  const integer = whole.slice(0, point).replace(/^0+(?=\d)/, "");
  const sign = negative && /[1-9]/.test(digits) ? "-" : "";
  return sign + integer + (scale > 0 ? `.${whole.slice(point)}` : "");
}
