/** Shapes that can mean only one day. `05/03/2027` is not among them: it needs a picture. */
const COMMON: readonly string[] = ["YYYY-MM-DD", "YYYYMMDD", "DD.MM.YYYY", "D.M.YYYY"];

/**
 * A calendar day as `YYYY-MM-DD`, or undefined when the text is not one that exists. A time behind an ISO date is
 * dropped as it stands, without a look at its zone.
 * `picture` is made of YYYY, YY (2000 to 2069, 1970 to 1999), MM, M, DD, D and any other signs: `DD/MM/YYYY`.
 */
export function isoDate(text: string, picture?: string): string | undefined {
  const trimmed = text.trim();
  const pictures = picture === undefined ? COMMON : [picture];
  const day =
    picture === undefined ? trimmed.replace(/^(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}.*$/s, "$1") : trimmed;
  for (const candidate of pictures) {
    const found = read(day, candidate);
    if (found !== undefined) return found;
  }
  return undefined;
}

function read(text: string, picture: string): string | undefined {
  let at = 0;
  const parts: Record<string, number> = {};
  for (const token of picture.match(/YYYY|YY|MM|M|DD|D|./gs) ?? []) {
    const digits = /^(?:YYYY|YY|MM|M|DD|D)$/.test(token)
      ? digitsAt(text, at, token)
      : text.startsWith(token, at)
        ? token
        : undefined;
    if (digits === undefined) return undefined;
    at += digits.length;
    if (digits !== token) parts[token.charAt(0)] = token === "YY" ? century(Number(digits)) : Number(digits);
  }
  return at === text.length ? existing(parts["Y"], parts["M"], parts["D"]) : undefined;
}

/** `MM` is two digits, `M` one or two. */
function digitsAt(text: string, at: number, token: string): string | undefined {
  const most = token.length === 1 ? 2 : token.length;
  const digits = /^\d*/.exec(text.slice(at, at + most))?.[0] ?? "";
  return digits.length >= token.length ? digits : undefined;
}

function century(year: number): number {
  return year < 70 ? 2000 + year : 1900 + year;
}

function existing(year = 0, month = 0, day = 0): string | undefined {
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  const exists = year >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.toISOString().slice(0, 10) : undefined;
}
