/** First characters of a name, XML 1.0 (fifth edition), production 4. */
const START =
  ":A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}" +
  "\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}";

/** Production 5. */
const NAME = new RegExp(`^[${START}][-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}${START}]*$`, "u");

/** Whether a text is a name of XML 1.0. */
export function isXmlName(text: string): boolean {
  return NAME.test(text);
}

/** The prefix of a name, "" without one; undefined when its colon stands where namespaces do not allow one. */
export function prefixOf(name: string): string | undefined {
  const colon = name.indexOf(":");
  if (colon === -1) return "";
  if (colon === 0 || colon === name.length - 1 || name.includes(":", colon + 1)) return undefined;
  return name.slice(0, colon);
}

/** `xmlns` or `xmlns:prefix`. */
export function isDeclaration(name: string): boolean {
  return name.startsWith("xmlns") && (name.length === 5 || name.charAt(5) === ":");
}
