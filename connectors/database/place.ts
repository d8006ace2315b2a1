import { resolve } from "node:path";
import { HubError } from "tieline/connector";
import type { DatabaseOptions } from "./settings.ts";

/** Where a database is, and as whom the hub goes there. */
export interface Place {
  readonly kind: "postgres" | "mysql";
  readonly host: string;
  /** Undefined: the usual one. */
  readonly port: number | undefined;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
  /** Null: not encrypted. `authority`: absolute path; undefined: those that Node trusts. */
  readonly tls: { readonly authority: string | undefined } | null;
  readonly connections: number;
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/;

/**
 * @param dir the project folder
 * @throws HubError TL_CONFIG_INVALID
 */
export function placeOf(options: DatabaseOptions, dir: string): Place {
  const cure = "Write it like postgres://hub@db.example.com:5432/shop.";
  if (!URL.canParse(options.url)) throw new HubError("TL_CONFIG_INVALID", "`url` is not a URL", { cure });
  const url = new URL(options.url);
  if (url.password !== "") {
    throw new HubError("TL_CONFIG_INVALID", "`url` must not hold a password", {
      cure: `Write it to \`password\`, as \${env:NAME}.`,
    });
  }
  const database = decodeURIComponent(url.pathname.slice(1));
  if (url.hostname === "" || url.username === "" || database === "" || database.includes("/")) {
    throw new HubError("TL_CONFIG_INVALID", "`url` must name user, host and database", { cure });
  }
  const mode = options.tls ?? (LOOPBACK.test(url.hostname) ? "none" : "verify");
  if (options.authority !== undefined && mode === "none") {
    throw new HubError("TL_CONFIG_INVALID", "`authority` has no meaning without TLS", {
      cure: "Set `tls` to verify.",
    });
  }
  const authority = options.authority === undefined ? undefined : resolve(dir, options.authority);
  return {
    kind: url.protocol.startsWith("postgres") ? "postgres" : "mysql",
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? undefined : Number(url.port),
    user: decodeURIComponent(url.username),
    password: options.password,
    database,
    tls: mode === "none" ? null : { authority },
    connections: options.connections ?? 4,
  };
}
