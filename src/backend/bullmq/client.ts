import { Redis, type RedisOptions } from "ioredis";
import { readAuthority } from "../authority.ts";
import type { RedisAddress } from "./address.ts";
import { redisFailure } from "./connect-failure.ts";
import { checkServer } from "./server-check.ts";

/** How long an answer, or all that is said at the start, may take before Redis counts as away; milliseconds. */
const ANSWER_MS = 3_000;

/** What all connections are told. */
export type ClientOptions = Pick<
  RedisOptions,
  | "host"
  | "port"
  | "db"
  | "username"
  | "password"
  | "tls"
  | "connectTimeout"
  | "disconnectTimeout"
  | "keepAlive"
>;

/** The options for this address. @throws HubError TL_CONFIG_INVALID when the authority cannot be read */
export function clientOptions({ host, port, database, user, password, tls }: RedisAddress): ClientOptions {
  const authority = tls.mode === "none" ? null : tls.authority;
  const ca = authority === null ? {} : { ca: readAuthority(authority, "`dispatch`") };
  return {
    ...{ host, port, db: database },
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
    ...(tls.mode === "none" ? {} : { tls: ca }),
    connectTimeout: ANSWER_MS,
    disconnectTimeout: 100,
    keepAlive: 10_000,
  };
}

/**
 * Connects and looks at the server, which has been found fit when this resolves. The connection fails fast: it keeps
 * nothing for later, and is not opened again when it is lost.
 * @throws HubError TL_CONFIG_INVALID when the server is not fit or refuses the hub, TL_DISPATCH_UNAVAILABLE
 */
export async function connectClient(
  address: RedisAddress,
): Promise<{ readonly client: Redis; readonly version: string }> {
  const client = new Redis({
    ...clientOptions(address),
    ...{ lazyConnect: true, retryStrategy: null, autoResendUnfulfilledCommands: false },
    ...{ enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: ANSWER_MS },
  });
  let reason: unknown = null;
  client.on("error", (error) => {
    reason ??= error;
  });
  // A server that stands still lets one step after the other run out of time.
  const late = setTimeout(() => {
    reason ??= new Error("timed out");
    client.disconnect();
  }, ANSWER_MS);
  try {
    await client.connect();
    // It would go on without the database that was asked for.
    if (reason !== null) throw reason;
    return { client, version: checkServer(await client.info()) };
  } catch (error) {
    client.disconnect();
    throw redisFailure(reason ?? error);
  } finally {
    clearTimeout(late);
  }
}
