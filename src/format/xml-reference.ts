const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

/**
 * Text with its references replaced: the five predefined entities and numbers of characters. Undefined when one is
 * neither.
 */
export function withoutReferences(text: string): string | undefined {
  let at = text.indexOf("&");
  if (at === -1) return text;
  let out = "";
  let done = 0;
  while (at !== -1) {
    const end = text.indexOf(";", at);
    const meant = end === -1 ? undefined : referred(text.slice(at + 1, end));
    if (meant === undefined) return undefined;
    out += text.slice(done, at) + meant;
    done = end + 1;
    at = text.indexOf("&", done);
  }
  return out + text.slice(done);
}

function referred(name: string): string | undefined {
  if (!name.startsWith("#")) return ENTITIES.get(name);
  const isNumber = /^#(?:\d{1,7}|x[\da-fA-F]{1,6})$/.test(name);
  if (!isNumber) return undefined;
  const code = name.startsWith("#x") ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return isCharacter(code) ? String.fromCodePoint(code) : undefined;
}

/** XML 1.0, production 2. */
function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d;
  return code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) && code !== 0xfffe && code !== 0xffff;
}
