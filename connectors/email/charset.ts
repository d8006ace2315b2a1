const HEADER = /^content-type:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*/gim;
const LABEL = /\bcharset[ \t]*=[ \t]*"?([^\s;"]{1,60})/i;
const WORD = /=\?([^?\s*]{1,60})(?:\*[^?\s]*)?\?[bq]\?/gi;

/**
 * Names of character sets in a mail that nobody knows; their texts are read as windows-1252.
 * @param text the whole mail, one character for each byte
 */
export function unknownCharsets(text: string): readonly string[] {
  const named = new Set<string>();
  for (const [header] of text.matchAll(HEADER)) named.add(LABEL.exec(header)?.[1] ?? "");
  const end = text.search(/\r?\n\r?\n/);
  for (const [, label] of text.slice(0, end < 0 ? undefined : end).matchAll(WORD)) named.add(label ?? "");
  named.delete("");
  return [...named]
    .filter((label) => !isKnown(label))
    .map((label) => label.replace(/[^\w.:-]/g, "?"))
    .slice(0, 10);
}

function isKnown(label: string): boolean {
  const plain = label.toLowerCase();
  return (
    [plain, plain.replace(/^x-/, ""), plain.replace(/[_-]/g, "")].some(isLabel) ||
    /^(x-)?(cp|ms|windows-?)\d{3,5}$|^ansi_x3/.test(plain)
  );
}

function isLabel(label: string): boolean {
  try {
    return new TextDecoder(label) !== null;
  } catch {
    return false;
  }
}
