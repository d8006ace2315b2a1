import type { ClientConfig } from "pg";
import { readAuthority } from "../authority.ts";
import type { PostgresAddress } from "./address.ts";
import { PARSERS } from "./sql.ts";

/** How long an answer may take before the connection counts as lost; milliseconds. */
const ANSWER_MS = 30_000;
const CONNECT_MS = 5_000;

/** What both sides of the hub tell the driver. @throws HubError TL_CONFIG_INVALID when the authority cannot be read */
export function clientConfig(address: PostgresAddress, name: string): ClientConfig {
  const { host, port, user, password, database } = address;
  return {
    ...{ host, port, user, database },
    ...(password === undefined ? {} : { password }),
    ssl: tlsOf(address),
    types: PARSERS,
    application_name: name,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}

function tlsOf({ tls, host }: PostgresAddress): ClientConfig["ssl"] {
  if (tls.mode === "none") return false;
  if (tls.mode === "unverified") return { rejectUnauthorized: false };
  const ca = tls.authority === null ? {} : { ca: readAuthority(tls.authority, "the storage") };
  return { servername: host, ...ca };
}
