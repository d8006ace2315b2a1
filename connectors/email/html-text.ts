const HIDDEN = new Set(["style", "script", "head", "title"]);
const ENDS_LINE = new Set(["br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "table", "blockquote"]);
const ENTITIES: Readonly<Record<string, string>> = {
  nbsp: " ",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  amp: "&",
};

/**
 * What a person reads of HTML that comes without a text part: good enough to search and to show, not a rendering. One pass,
 * whatever it is made of.
 */
export function htmlText(html: string): string {
  const pieces: string[] = [];
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf("<", at);
    pieces.push(html.slice(at, open < 0 ? html.length : open).replace(/\s+/g, " "));
    if (open < 0) break;
    at = afterMarkup(html, open, pieces);
  }
  const lines = pieces.join("").split("\n");
  const text = lines.map((line) => line.replace(/ +/g, " ").trim()).join("\n");
  return text
    .replace(/\n{3,}/g, "\n\n")
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi, decoded)
    .trim();
}

/** Where the text goes on after the markup at `open`. */
function afterMarkup(html: string, open: number, pieces: string[]): number {
  if (html.startsWith("<!--", open)) return after(html, "-->", open + 4);
  const [, slash = "", name] = /^<(\/?)([a-z][a-z0-9]{0,15}|!|\?)/i.exec(html.slice(open, open + 18)) ?? [];
  if (name === undefined) {
    pieces.push("<");
    return open + 1;
  }
  const tag = name.toLowerCase();
  const end = after(html, ">", open);
  if (ENDS_LINE.has(tag) && (slash === "/" || tag === "br")) pieces.push("\n");
  if (slash === "/" || !HIDDEN.has(tag)) return end;
  const closing = new RegExp(`</${tag}\\b`, "gi");
  closing.lastIndex = end;
  const found = closing.exec(html);
  return found === null ? html.length : after(html, ">", found.index);
}

function after(html: string, what: string, from: number): number {
  const found = html.indexOf(what, from);
  return found < 0 ? html.length : found + what.length;
}

function decoded(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
  const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
  const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : whole;
}
