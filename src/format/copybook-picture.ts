import type { HubError } from "../errors.ts";

/** How the bytes of a field are read. */
export interface Picture {
  /** Characters, or how the digits of a number are kept. */
  readonly kind: "text" | "display" | "binary" | "native" | "packed";
  /** Bytes. */
  readonly length: number;
  readonly digits: number;
  /** How many of the digits are decimals; negative: zeros that are not written (P). */
  readonly scale: number;
  readonly signed: boolean;
  readonly separateSign: "leading" | "trailing" | undefined;
  /** The sign is in the first digit, not in the last. */
  readonly leadingSign: boolean;
}

interface Signs {
  readonly separateSign: "leading" | "trailing" | undefined;
  readonly leadingSign: boolean;
}

/** `X(10)`, `S9(7)V99`, `9(5)`, `A(3)`, edited pictures such as `ZZ9.99-` as text. */
export function parsePicture(
  text: string,
  usage: string,
  { separateSign, leadingSign }: Signs,
  wrong: (text: string) => HubError,
): Picture {
  const picture = text
    .toUpperCase()
    .replace(/(.)\((\d{1,5})\)/g, (_, char: string, count: string) => char.repeat(Number(count)));
  const number = /^(S?)V?(P*)(9*)(?:V(9*))?(P*)$/.exec(picture);
  const plain = { signed: false, scale: 0, digits: 0, separateSign: undefined, leadingSign: false };
  if (number === null || !picture.includes("9")) {
    if (!/^[XANBZ90.,*+\-$/CRD]+$/.test(picture)) throw wrong(`the picture ${text} is not understood`);
    if (usage !== "display") throw wrong(`the picture ${text} is not one of a number`);
    return { ...plain, kind: "text", length: picture.length };
  }
  const [, sign = "", before = "", whole = "", fraction = "", behind = ""] = number;
  const digits = whole.length + fraction.length;
  if (digits > 38) throw wrong(`the picture ${text} has more than 38 digits`);
  const signed = sign === "S";
  const scale = before === "" ? fraction.length - behind.length : digits + before.length;
  const kind = usage as Picture["kind"];
  const separate = signed && kind === "display" ? separateSign : undefined;
  const length = lengthOf(kind, digits, separate !== undefined);
  if (length === undefined) throw wrong(`the picture ${text} has more digits than a binary number holds`);
  return { kind, length, digits, scale, signed, separateSign: separate, leadingSign };
}

function lengthOf(kind: Picture["kind"], digits: number, separate: boolean): number | undefined {
  switch (kind) {
    case "packed":
      return Math.floor(digits / 2) + 1;
    case "binary":
    case "native":
      return digits <= 4 ? 2 : digits <= 9 ? 4 : digits <= 18 ? 8 : undefined;
    default:
      return digits + (separate ? 1 : 0);
  }
}
