import { type Exchange, HIDDEN, type Said } from "../message/exchange.ts";

/** Names of what proves who somebody is, whatever its value: headers, and parameters of an address. */
const SECRET_NAME =
  /authorization|cookie|token|secret|signature|passw|credential|session|api-?_?key|(^|[-_.])(key|sig|pwd|pass|auth)$/i;
const NO_SECRET = /^idempotency-key$/i;
/** What stands before it has an end, or a text without addresses could be searched for ever. */
const ADDRESS = /[a-z][a-z0-9+.-]{0,20}:\/\/\S+/gi;
/** A shorter value would be found in texts that have nothing to do with it. */
const SHORTEST_SECRET = 4;

const PLAIN = /^[\w.~-]*$/;

/** The forms in which a secret may come back in an answer: as it is, in an address, within JSON. */
export function formsOf(secrets: readonly string[]): readonly string[] {
  const forms = new Set<string>();
  for (const one of secrets) {
    if (one.length < SHORTEST_SECRET) continue;
    forms.add(one);
    // A token of letters and digits is the same in each form.
    if (PLAIN.test(one)) continue;
    forms.add(encodeURIComponent(one));
    forms.add(JSON.stringify(one).slice(1, -1));
  }
  // The longest first: one may be part of another.
  return [...forms].sort((a, b) => b.length - a.length);
}

/**
 * The exchange without secrets: neither these texts, wherever they are, nor what the name of a field says is one, nor what in
 * the address of a request looks like one, also where the answer repeats them.
 * @param known see `formsOf`
 */
export function hideSecrets({ sent, answered }: Exchange, known: readonly string[]): Exchange {
  const texts = [...formsOf(namedSecrets(sent)), ...known];
  // What looks like a key in an address that was answered is mostly the new record's id.
  const shown = { ...hideIn(sent, texts), line: hideText(sent.line, texts, looksRandom) };
  return answered === undefined ? { sent: shown } : { sent: shown, answered: hideIn(answered, texts) };
}

/** What was sent by the name of a secret, without what is said of its kind (`Bearer`), and what hides in an address. */
function namedSecrets({ line, fields = {} }: Said): readonly string[] {
  const found: string[] = [];
  for (const [name, value] of Object.entries(fields))
    if (isSecretName(name)) found.push(value.slice(schemeOf(name, value).length));
  if (line.includes("://"))
    for (const [address] of line.matchAll(ADDRESS))
      hideInAddress(address, looksRandom, (secret) => found.push(secret));
  return found;
}

function hideIn({ line, fields, body }: Said, texts: readonly string[]): Said {
  return {
    line: hideText(line, texts),
    ...(fields === undefined ? {} : { fields: hideFields(fields, texts) }),
    ...(body === undefined ? {} : { body: hideBody(body, texts) }),
  };
}

function hideFields(
  fields: Readonly<Record<string, string>>,
  texts: readonly string[],
): Readonly<Record<string, string>> {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) shown[name] = hideField(name, value, texts);
  return shown;
}

function hideBody(body: NonNullable<Said["body"]>, texts: readonly string[]): NonNullable<Said["body"]> {
  return body === "delivery" ? body : { ...body, text: hideTexts(body.text, texts) };
}

function hideField(name: string, value: string, texts: readonly string[]): string {
  if (!isSecretName(name)) return hideText(value, texts);
  return schemeOf(name, value) + HIDDEN;
}

/** `Bearer` or `Basic` is no secret, and tells how the hub is set up. */
function schemeOf(name: string, value: string): string {
  return /authorization$/i.test(name) ? (/^[a-z]{1,20} /i.exec(value)?.[0] ?? "") : "";
}

type Judge = (part: string) => boolean;

/** @param isKey judges a part of an address by its looks */
function hideText(text: string, texts: readonly string[], isKey: Judge = () => false): string {
  const shown = text.includes("://")
    ? text.replace(ADDRESS, (address) => hideInAddress(address, isKey, () => undefined))
    : text;
  return hideTexts(shown, texts);
}

function hideTexts(text: string, texts: readonly string[]): string {
  // A connector may be written without types.
  let shown = String(text);
  for (const one of texts) if (shown.includes(one)) shown = shown.replaceAll(one, HIDDEN);
  return shown;
}

/** @param note told of each part that is hidden */
function hideInAddress(address: string, isKey: Judge, note: (secret: string) => void): string {
  return address
    .replace(/:\/\/([^/?#@]*)@/, (_, user: string) => {
      note(user.replace(/^[^:]*:/, ""));
      return `://${HIDDEN}@`;
    })
    .replace(/([?&;])([^=?&;#]{1,200})=([^&;#]*)/g, (whole, before: string, name: string, value: string) => {
      if (!isSecretName(name) && name !== "code" && !isKey(value)) return whole;
      note(value);
      return `${before}${name}=${HIDDEN}`;
    })
    .replace(/(?<!\/)\/([^/?#]+)/g, (whole, part: string) => {
      if (!isKey(part)) return whole;
      note(part);
      return `/${HIDDEN}`;
    });
}

/** The same few names come with every exchange. */
const judged = new Map<string, boolean>();
const MOST_NAMES = 1_000;

function isSecretName(name: string): boolean {
  let found = judged.get(name);
  if (found === undefined) {
    found = SECRET_NAME.test(name) && !NO_SECRET.test(name);
    if (judged.size >= MOST_NAMES) judged.clear();
    judged.set(name, found);
  }
  return found;
}

/** Many services put a key into the path: long, and letters and digits take turns in it, as they do in no name. */
function looksRandom(text: string): boolean {
  if (text.length < 16) return false;
  const turns = text.replace(/[^a-z0-9]/gi, "").match(/[a-z](?=[0-9])|[0-9](?=[a-z])/gi);
  return turns !== null && turns.length > 2;
}
