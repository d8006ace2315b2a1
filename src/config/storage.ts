import { resolve } from "node:path";
import { didYouMean } from "./did-you-mean.ts";
import type { PostgresStorage, StorageSettings } from "./hub-settings.ts";
import { isLoopback } from "./listen.ts";
import { isPureReference, parseReferences } from "./reference.ts";
import { type ReferenceContext, resolvePart, resolveText } from "./resolve-text.ts";

/** What is wrong with a text for `storage`; never with a value that a reference gave. */
export interface StorageProblem {
  readonly problem: string;
  readonly cure: string;
}

const FORM = `Write postgres://USER:\${env:NAME}@HOST:5432/DATABASE.`;

/**
 * Where the hub stores: `sqlite`, `sqlite:PATH` or `postgres://…`. References are replaced part by part, so that a
 * password may hold every character.
 *
 * @param data the data folder, absolute, which `sqlite` alone means
 * @param mayHoldPassword whether a password may stand in the text itself: in the environment, not in the file
 */
export function parseStorage(
  written: string,
  data: string,
  references: ReferenceContext,
  mayHoldPassword: boolean,
): StorageSettings | StorageProblem {
  // A reference that gives all of it is a URL as it stands.
  const whole = isWhole(written);
  const resolved = resolveText(written, references);
  if ("problem" in resolved) return resolved;
  const text = whole ? resolved.text : written;
  if (/^postgres(ql)?:/.test(text)) {
    const parts = whole ? { text, replace: (part: string) => part } : placeholders(text, references);
    return parsePostgres(parts, references.dir, mayHoldPassword || whole);
  }
  if (resolved.text === "sqlite") return { kind: "sqlite", folder: data };
  const path = /^sqlite:(.+)$/s.exec(resolved.text)?.[1];
  if (path !== undefined) return { kind: "sqlite", folder: resolve(references.dir, path) };
  return { problem: "expected sqlite, sqlite:PATH or postgres://…", cure: FORM };
}

/** How people are told where it is. Without user and password. */
export function describeStorage(storage: StorageSettings): string {
  if (storage.kind === "sqlite") return `SQLite in ${storage.folder}`;
  const { host, port, database, schema } = storage;
  return `PostgreSQL at ${host.startsWith("/") ? host : `${host}:${port}`}, database ${database}, schema ${schema}`;
}

function isWhole(written: string): boolean {
  const first = parseReferences(written)[0];
  return isPureReference(written) || (first !== undefined && first.kind !== "text");
}

interface Parts {
  /** With a word in place of each reference, which a URL takes anywhere. */
  readonly text: string;
  /** Puts the references' values in place of the words, in one part of the URL. */
  replace(part: string): string;
}

function placeholders(written: string, references: ReferenceContext): Parts {
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
  };
}

const PARAMETERS = ["schema", "sslmode", "sslrootcert", "host"];

function parsePostgres(
  { text, replace }: Parts,
  dir: string,
  mayHoldPassword: boolean,
): PostgresStorage | StorageProblem {
  const url = parseUrl(text);
  if (url === null) return { problem: "this is not a URL", cure: FORM };
  const password = decodeURIComponent(url.password);
  if (!mayHoldPassword && password !== "" && replace(password) === password) {
    return {
      problem: "the password is a secret and must not stand in the file",
      cure: `Write \${env:NAME} or \${file:PATH} in its place.`,
    };
  }
  for (const name of url.searchParams.keys()) {
    if (!PARAMETERS.includes(name))
      return { problem: `${name} is not a known parameter`, cure: didYouMean(name, PARAMETERS) };
  }
  const user = replace(decodeURIComponent(url.username));
  const database = replace(decodeURIComponent(url.pathname.slice(1)));
  if (user === "") return { problem: "the URL names no user", cure: FORM };
  if (database === "") return { problem: "the URL names no database", cure: FORM };
  const named = replace(decodeURIComponent(url.hostname)).replace(/^\[(.*)\]$/, "$1");
  const host = replace(url.searchParams.get("host") ?? "") || named || "localhost";
  const schema = replace(url.searchParams.get("schema") ?? "tieline");
  if (!/^(?!pg_)[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    return {
      problem: "this is not a name for a schema",
      cure: "Use small letters, digits and underscores.",
    };
  }
  const tls = tlsOf(url, host, dir, replace);
  if ("problem" in tls) return tls;
  const port = url.port === "" ? 5432 : Number(url.port);
  return {
    ...{ kind: "postgres", host, port, user, database, schema, tls },
    password: password === "" ? undefined : replace(password),
  };
}

function tlsOf(
  url: URL,
  host: string,
  dir: string,
  replace: Parts["replace"],
): PostgresStorage["tls"] | StorageProblem {
  const near = host.startsWith("/") || isLoopback(host);
  const authority = url.searchParams.get("sslrootcert");
  const mode = replace(url.searchParams.get("sslmode") ?? (near ? "disable" : "verify-full"));
  switch (mode) {
    case "disable":
      return { mode: "none" };
    case "require":
      return { mode: "unverified" };
    case "verify-full":
      return { mode: "verified", authority: authority === null ? null : resolve(dir, replace(authority)) };
    default:
      return {
        problem: "this is not a known sslmode",
        cure: "Use verify-full, require or disable.",
      };
  }
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
