import { resolve } from "node:path";
import type { DispatchSettings, RedisDispatch } from "./hub-settings.ts";
import { type ReferenceContext, resolveText } from "./resolve-text.ts";
import { parseServiceUrl, type SettingProblem, type WrittenUrl, writtenUrl } from "./service-url.ts";

const FORM = `Write redis://:\${env:NAME}@HOST:6379/0, or rediss:// where Redis speaks TLS.`;

/**
 * How workers are woken: `in-process`, `redis://…` or `rediss://…`.
 * @param mayHoldPassword whether a password may stand in the text itself: in the environment, not in the file
 */
export function parseDispatch(
  written: string,
  references: ReferenceContext,
  mayHoldPassword: boolean,
): DispatchSettings | SettingProblem {
  const resolved = resolveText(written, references);
  if ("problem" in resolved) return resolved;
  const url = writtenUrl(written, resolved.text, references);
  if (/^rediss?:/.test(url.text)) return parseRedis(url, references.dir, mayHoldPassword);
  if (resolved.text === "in-process") return { kind: "in-process" };
  return { problem: "expected in-process, redis://… or rediss://…", cure: FORM };
}

/** How people are told. Without user and password. */
export function describeDispatch(dispatch: DispatchSettings): string {
  if (dispatch.kind === "in-process") return "in this process";
  const { host, port, database } = dispatch;
  return `Redis at ${host.includes(":") ? `[${host}]` : host}:${port}, database ${database}`;
}

function parseRedis(
  written: WrittenUrl,
  dir: string,
  mayHoldPassword: boolean,
): RedisDispatch | SettingProblem {
  const url = parseServiceUrl(written, ["sslrootcert"], FORM, mayHoldPassword);
  if ("problem" in url) return url;
  if (!/^[0-9]{0,6}$/.test(url.path))
    return { problem: "a database of Redis is a number", cure: "Write it behind the port: …:6379/0." };
  const secure = written.text.startsWith("rediss:");
  const authority = url.parameter("sslrootcert");
  if (authority !== undefined && !secure)
    return { problem: "sslrootcert is for TLS only", cure: "Write rediss:// in place of redis://." };
  const { user, password, port = 6379, path } = url;
  return {
    ...{ kind: "redis", host: url.host || "localhost", port, database: Number(path), user, password },
    tls: secure
      ? { mode: "verified", authority: authority === undefined ? null : resolve(dir, authority) }
      : { mode: "none" },
  };
}
