import { HubError } from "tieline/connector";

const MOST_PARTS = 1_000;
const MOST_BOUNDARIES = 100;

/**
 * Refuses a mail whose parts would cost more than any mail is worth. Depth and headers are bounded by the parser.
 * @param text the whole mail, one character for each byte
 * @throws HubError TL_DECODE_FAILED
 */
export function requireBounded(text: string): void {
  const boundaries = new Set<string>();
  for (const [, split, quoted, plain] of text.matchAll(
    /\bboundary(\*\d*\*?)?[ \t]*=[ \t]*(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))/gi,
  )) {
    if (split !== undefined) throw refused("a boundary that is written in pieces");
    boundaries.add(quoted ?? plain ?? "");
    if (boundaries.size > MOST_BOUNDARIES) throw refused(`more than ${MOST_BOUNDARIES} multiparts`);
  }
  if (boundaries.size === 0) return;
  let parts = 0;
  for (let at = text.indexOf("\n--"); at >= 0; at = text.indexOf("\n--", at + 3)) {
    const line =
      text
        .slice(at + 3, at + 3 + 210)
        .split(/[\r\n]/, 1)[0]
        ?.trimEnd() ?? "";
    if (!boundaries.has(line)) continue;
    parts += 1;
    if (parts > MOST_PARTS) throw refused(`more than ${MOST_PARTS} parts`);
  }
}

function refused(what: string): HubError {
  return new HubError("TL_DECODE_FAILED", `the mail has ${what}`, {
    cure: "Look at the whole mail, whose file the record names; no mail program writes such a one.",
  });
}
