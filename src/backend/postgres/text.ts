/**
 * PostgreSQL's texts hold every character but U+0000. Keys, ids and answers of other systems may hold it, so each text
 * is written with U+0001 as a mark: U+0000 as U+0001 U+0001, and U+0001 itself as U+0001 U+0002. Equal texts stay
 * equal, others stay different, and their order by bytes is the same as before. JSON never needs it: its own escapes do.
 */
const NUL = "\0";
const MARK = "\u0001";

export function toStoredText(text: string): string {
  if (!text.includes(MARK) && !text.includes(NUL)) return text;
  return text.replaceAll(MARK, `${MARK}\u0002`).replaceAll(NUL, MARK + MARK);
}

export function fromStoredText(stored: string): string {
  if (!stored.includes(MARK)) return stored;
  return stored.replaceAll(MARK + MARK, NUL).replaceAll(`${MARK}\u0002`, MARK);
}
