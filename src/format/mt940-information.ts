import type { Json } from "../message/json.ts";

/**
 * The parts of the information to an entry, by their names, as the bank's dialect writes them:
 *
 * - `166?00…?20…?32…`: by two digits; what stands before the first is `code` (the German banks, `>` for others)
 * - `/EREF/…/NAME/…/REMI/…`: by the word between slashes (the Dutch ones)
 * - lines that begin with two digits in `:NS:`
 *
 * Lines are joined without anything between them, and blanks are kept, since such texts are broken anywhere. Empty when it is no such dialect.
 */
export function subfieldsOf(tag: string, text: string): Record<string, Json> {
  if (tag === "NS") return byPairs(text.split("\n").map((line) => [line.slice(0, 2), line.slice(2)]));
  const joined = text.replaceAll("\n", "");
  const mark = /^\d{3}([?>])\d{2}/.exec(joined)?.[1] ?? (/^\d{3}>/.test(joined) ? ">" : undefined);
  if (mark !== undefined) return byMark(joined, mark);
  return /^\/[A-Z]{2,8}\//.test(joined) ? bySlashes(joined) : {};
}

function byMark(text: string, mark: string): Record<string, Json> {
  const [code = "", ...parts] = text.split(new RegExp(`[${mark}](?=\\d{2})`));
  return { code: code.trim(), ...byPairs(parts.map((part) => [part.slice(0, 2), part.slice(2)])) };
}

function bySlashes(text: string): Record<string, Json> {
  const parts = text.split(/\/([A-Z]{2,8})\//);
  const pairs: [string, string][] = [];
  for (let at = 1; at < parts.length; at += 2) pairs.push([parts[at] ?? "", parts[at + 1] ?? ""]);
  return byPairs(pairs);
}

/** A name that comes again goes on with what it had. */
function byPairs(pairs: readonly (readonly string[])[]): Record<string, Json> {
  const out: Record<string, Json> = {};
  for (const [name = "", content = ""] of pairs) {
    if (!/^(\d{2}|[A-Z]{2,8})$/.test(name) || content.trim() === "") continue;
    const before = out[name];
    out[name] = typeof before === "string" ? before + content : content;
  }
  return out;
}
