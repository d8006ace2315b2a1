import { HubError } from "../errors.ts";
import type { Json } from "../message/json.ts";

/** Properties whose value has parts between semicolons (RFC 6350). */
const STRUCTURED = new Set(["N", "ADR", "ORG"]);

/**
 * A card as a mapping gets it: each property by its name, as a list of `{ value, types }`, and `parts` where it has some.
 * Types are in lower case. Pictures, sounds and keys are left out. Reads vCard 2.1, 3.0 and 4.0.
 * @throws HubError TL_DECODE_FAILED with the line
 */
export function parseCard(text: string): Json {
  const lines = unfolded(text);
  const card: Record<string, Json[]> = {};
  if (!/^BEGIN:VCARD\s*$/i.test(lines[0]?.text ?? "") || !/^END:VCARD\s*$/i.test(lines.at(-1)?.text ?? "")) {
    throw new HubError("TL_DECODE_FAILED", "a card begins with BEGIN:VCARD and ends with END:VCARD");
  }
  for (const { text: line, number } of lines.slice(1, -1)) {
    if (line.trim() === "") continue;
    const found = /^(?:[\w-]+\.)?([A-Za-z0-9-]+)((?:;(?:"[^"]*"|[^":;])*)*):(.*)$/s.exec(line);
    if (found === null) {
      throw new HubError("TL_DECODE_FAILED", "a line of the card is no property", {
        place: { line: number },
      });
    }
    const [, name = "", parameters = "", raw = ""] = found;
    const property = parseProperty(name.toUpperCase(), parameters, raw);
    if (property !== undefined) card[name.toUpperCase()] = [...(card[name.toUpperCase()] ?? []), property];
  }
  return card;
}

function parseProperty(name: string, parameters: string, raw: string): Json | undefined {
  const types: string[] = [];
  let encoding = "";
  let charset = "utf-8";
  for (const parameter of parameters.split(";").slice(1)) {
    const [key = "", value] = parameter.split("=", 2);
    const values = (value ?? key).replaceAll('"', "").toLowerCase();
    // Version 2.1 writes types and encodings without a name.
    if (/^encoding$/i.test(key) || /^(?:quoted-printable|base64|8bit)$/i.test(key)) encoding = values;
    else if (/^charset$/i.test(key)) charset = values;
    else if (value === undefined || /^type$/i.test(key)) types.push(...values.split(","));
  }
  if (encoding === "b" || encoding === "base64" || /^data:/i.test(raw)) return undefined;
  const text = encoding === "quoted-printable" ? quotedPrintable(raw, charset) : raw;
  const parts = STRUCTURED.has(name) ? splitAt(text, ";").map((part) => plain(part)) : undefined;
  return { value: plain(text), types, ...(parts === undefined ? {} : { parts }) };
}

/** Lines that go on begin with a blank, or follow a soft line end of quoted-printable. */
function unfolded(text: string): { text: string; readonly number: number }[] {
  const lines: { text: string; readonly number: number }[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const last = lines.at(-1);
    if (last !== undefined && /^[ \t]/.test(line)) last.text += line.slice(1);
    else if (
      last !== undefined &&
      /QUOTED-PRINTABLE/i.test(last.text.split(":", 1)[0] ?? "") &&
      last.text.endsWith("=")
    ) {
      last.text = last.text.slice(0, -1) + line;
    } else lines.push({ text: line, number: index + 1 });
  }
  while (lines.at(-1)?.text.trim() === "") lines.pop();
  return lines;
}

function quotedPrintable(text: string, charset: string): string {
  const bytes = Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => `\u0000${hex}`),
    "utf8",
  ).toString("latin1");
  const decoded = bytes.replace(/\0([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  try {
    return new TextDecoder(charset, { fatal: true }).decode(Buffer.from(decoded, "latin1"));
  } catch {
    throw new HubError("TL_DECODE_FAILED", "a text is not of the character set it names");
  }
}

/** At separators that no backslash stands before. */
function splitAt(text: string, separator: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === separator) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

function plain(text: string): string {
  return text
    .replace(/\\(.)/gs, (_: string, char: string) => (char === "n" || char === "N" ? "\n" : char))
    .trim();
}
