import { didYouMean } from "./did-you-mean.ts";
import { isPureReference, parseReferences } from "./reference.ts";
import { type ReferenceContext, resolvePart } from "./resolve-text.ts";

/** What is wrong with a text that says where a service is; never with a value that a reference gave. */
export interface SettingProblem {
  readonly problem: string;
  readonly cure: string;
}

/** A URL as written, before its references are replaced: part by part, so that a password may hold every character. */
export interface WrittenUrl {
  /** With a word in place of each reference, which a URL takes anywhere. */
  readonly text: string;
  /** Puts the references' values in place of the words, in one part of the URL. */
  replace(part: string): string;
  /** Whether a reference gives all of it: then it is a URL as it stands, and may hold a password. */
  readonly whole: boolean;
}

/** @param resolved the text with its references replaced */
export function writtenUrl(written: string, resolved: string, references: ReferenceContext): WrittenUrl {
  const first = parseReferences(written)[0];
  if (isPureReference(written) || (first !== undefined && first.kind !== "text"))
    return { text: resolved, replace: (part) => part, whole: true };
  const values: string[] = [];
  const texts = parseReferences(written).map((part) => {
    if (part.kind === "text") return part.text;
    const found = resolvePart(part, references);
    // What cannot be replaced was said before.
    return `tieline-reference-${values.push("text" in found ? found.text : "") - 1}-`;
  });
  return {
    text: texts.join(""),
    replace: (part) => part.replace(/tieline-reference-(\d+)-/g, (_, at: string) => values[Number(at)] ?? ""),
    whole: false,
  };
}

/** What every URL of a service has. */
export interface ServiceUrl {
  /** Undefined: none is named. */
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** "" where none is named. */
  readonly host: string;
  readonly port: number | undefined;
  /** What stands behind the first slash. */
  readonly path: string;
  /** A parameter of the query. */
  parameter(name: string): string | undefined;
}

/**
 * @param form how such a URL is written, as a sentence
 * @param mayHoldPassword whether a password may stand in the text itself: in the environment, not in the file
 */
export function parseServiceUrl(
  { text, replace, whole }: WrittenUrl,
  parameters: readonly string[],
  form: string,
  mayHoldPassword: boolean,
): ServiceUrl | SettingProblem {
  const url = parseUrl(text);
  if (url === null) return { problem: "this is not a URL", cure: form };
  const password = decodeURIComponent(url.password);
  if (!mayHoldPassword && !whole && password !== "" && replace(password) === password) {
    return {
      problem: "the password is a secret and must not stand in the file",
      cure: `Write \${env:NAME} or \${file:PATH} in its place.`,
    };
  }
  for (const name of url.searchParams.keys()) {
    if (!parameters.includes(name))
      return { problem: `${name} is not a known parameter`, cure: didYouMean(name, parameters) };
  }
  const part = (found: string): string => replace(decodeURIComponent(found));
  return {
    user: part(url.username) || undefined,
    password: password === "" ? undefined : replace(password),
    host: part(url.hostname).replace(/^\[(.*)\]$/, "$1"),
    port: url.port === "" ? undefined : Number(url.port),
    path: part(url.pathname.slice(1)),
    parameter(name) {
      const found = url.searchParams.get(name);
      return found === null ? undefined : replace(found);
    },
  };
}

function parseUrl(text: string): URL | null {
  try {
    const url = new URL(text);
    for (const part of [url.username, url.password, url.hostname, url.pathname]) decodeURIComponent(part);
    return url;
  } catch {
    return null;
  }
}
