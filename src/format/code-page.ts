import { HubError } from "../errors.ts";

/**
 * EBCDIC by the bytes 0x40 to 0xFF of code page 37 (IBM, CDRA): what they are in ISO-8859-1. The bytes below are
 * controls, of which only line ends and tabulators mean anything in data.
 */
const CP037 =
  " \u00a0âäàáãåçñ¢.<(+|&éêëèíîïìß!$*);¬-/ÂÄÀÁÃÅÇÑ¦,%_>?øÉÊËÈÍÎÏÌ`:#@'=\"" +
  "Øabcdefghi«»ðýþ±°jklmnopqrªºæ¸Æ¤µ~stuvwxyz¡¿ÐÝÞ®^£¥·©§¶¼½¾[]¯¨´×" +
  "{ABCDEFGHI\u00adôöòóõ}JKLMNOPQR¹ûüùúÿ\\÷STUVWXYZ²ÔÖÒÓÕ0123456789³ÛÜÙÚ\u009f";

/** What other code pages have in other places than 37: byte, then character. */
const DIFFERENCES: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  cp037: {},
  cp273: {
    67: "{",
    74: "Ä",
    79: "!",
    89: "~",
    90: "Ü",
    95: "^",
    99: "[",
    106: "ö",
    124: "§",
    161: "ß",
    176: "¢",
    181: "@",
    186: "¬",
    187: "|",
    192: "ä",
    204: "¦",
    208: "ü",
    220: "}",
    224: "Ö",
    236: "\\",
    252: "]",
  },
  cp500: { 74: "[", 79: "!", 90: "]", 95: "^", 176: "¢", 186: "¬", 187: "|" },
  cp1047: { 95: "^", 173: "[", 176: "¬", 186: "Ý", 187: "¨", 189: "]" },
};

/** Code pages that have the euro sign where another one has the currency sign. */
const EURO: Readonly<Record<string, string>> = { cp1140: "cp037", cp1141: "cp273", cp1148: "cp500" };

const tables = new Map<string, readonly string[]>();

/** The characters of an EBCDIC code page by their bytes, or undefined when the name is none. */
export function codePage(name: string): readonly string[] | undefined {
  const key = name
    .toLowerCase()
    .replace(/^(?:ibm-?|ccsid-?|ebcdic-?cp-?|cp-?)0*(?=\d)/, "cp")
    .replace(/^cp37$/, "cp037");
  const known = tables.get(key);
  if (known !== undefined) return known;
  const base = EURO[key] ?? key;
  const differences = DIFFERENCES[base];
  if (differences === undefined) return undefined;
  const table = Array.from({ length: 256 }, (_, byte) => {
    const char = differences[byte] ?? (byte < 0x40 ? controlOf(byte) : (CP037[byte - 0x40] ?? "\ufffd"));
    return char === "¤" && base !== key ? "€" : char;
  });
  tables.set(key, table);
  return table;
}

function controlOf(byte: number): string {
  if (byte === 0x05) return "\t";
  if (byte === 0x15 || byte === 0x25) return "\n";
  return byte === 0x0d ? "\r" : "\0";
}

/** @throws HubError TL_CONFIG_INVALID when there is no such code page */
export function requireCodePage(name: string): readonly string[] {
  const table = codePage(name);
  if (table !== undefined) return table;
  throw new HubError("TL_CONFIG_INVALID", "the code page named is not known", {
    cure: "Use ascii, or an EBCDIC code page: cp037, cp273, cp500, cp1047, cp1140, cp1141, cp1148.",
  });
}
