import { resolve } from "node:path";
import type { PostgresStorage, StorageSettings } from "./hub-settings.ts";
import { isLoopback } from "./listen.ts";
import { type ReferenceContext, resolveText } from "./resolve-text.ts";
import {
  parseServiceUrl,
  type ServiceUrl,
  type SettingProblem,
  type WrittenUrl,
  writtenUrl,
} from "./service-url.ts";

const FORM = `Write postgres://USER:\${env:NAME}@HOST:5432/DATABASE.`;

/**
 * Where the hub stores: `sqlite`, `sqlite:PATH` or `postgres://…`.
 *
 * @param data the data folder, absolute, which `sqlite` alone means
 * @param mayHoldPassword whether a password may stand in the text itself: in the environment, not in the file
 */
export function parseStorage(
  written: string,
  data: string,
  references: ReferenceContext,
  mayHoldPassword: boolean,
): StorageSettings | SettingProblem {
  const resolved = resolveText(written, references);
  if ("problem" in resolved) return resolved;
  const url = writtenUrl(written, resolved.text, references);
  if (/^postgres(ql)?:/.test(url.text)) return parsePostgres(url, references.dir, mayHoldPassword);
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

function parsePostgres(
  written: WrittenUrl,
  dir: string,
  mayHoldPassword: boolean,
): PostgresStorage | SettingProblem {
  const parameters = ["schema", "sslmode", "sslrootcert", "host"];
  const url = parseServiceUrl(written, parameters, FORM, mayHoldPassword);
  if ("problem" in url) return url;
  if (url.user === undefined) return { problem: "the URL names no user", cure: FORM };
  if (url.path === "") return { problem: "the URL names no database", cure: FORM };
  const host = url.parameter("host") || url.host || "localhost";
  const schema = url.parameter("schema") ?? "tieline";
  if (!/^(?!pg_)[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    return {
      problem: "this is not a name for a schema",
      cure: "Use small letters, digits and underscores.",
    };
  }
  const tls = tlsOf(url, host, dir);
  if ("problem" in tls) return tls;
  const { user, password, port = 5432, path: database } = url;
  return { kind: "postgres", host, port, user, password, database, schema, tls };
}

function tlsOf(url: ServiceUrl, host: string, dir: string): PostgresStorage["tls"] | SettingProblem {
  const authority = url.parameter("sslrootcert");
  const near = host.startsWith("/") || isLoopback(host);
  switch (url.parameter("sslmode") ?? (near ? "disable" : "verify-full")) {
    case "disable":
      return { mode: "none" };
    case "require":
      return { mode: "unverified" };
    case "verify-full":
      return { mode: "verified", authority: authority === undefined ? null : resolve(dir, authority) };
    default:
      return {
        problem: "this is not a known sslmode",
        cure: "Use verify-full, require or disable.",
      };
  }
}
