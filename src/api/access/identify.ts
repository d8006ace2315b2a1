import type { FastifyRequest } from "fastify";
import { HubError } from "../../errors.ts";
import type { Principal } from "../../message/permission.ts";
import type { ApiDeps } from "../deps.ts";
import { hasSession, isOwnAct, sessionOf } from "../session.ts";
import { sameToken } from "../token.ts";
import { keyIdOf, secretHash } from "./secret.ts";

type Deps = Pick<ApiDeps, "settings" | "token" | "now" | "engine" | "queries">;

/** Who has the hub's own token, or is on its machine where none is asked for. */
export const OWNER: Principal = { name: "api", role: "admin", payloads: true };

/** The time of a key's last use is written down at most so often; milliseconds. */
const USE_MS = 60_000;

/**
 * Who asks: the bearer of the hub's token or of an API key, or a browser that has signed in.
 * @throws HubError TL_UNAUTHORIZED
 */
export async function identify(request: FastifyRequest, deps: Deps): Promise<Principal> {
  if (deps.settings.auth === "none") {
    requireOwnPage(request);
    return OWNER;
  }
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  const principal = given === undefined ? await browserUser(request, deps) : await bearer(given, deps);
  if (principal !== undefined) return principal;
  throw new HubError("TL_UNAUTHORIZED", "the request bears no valid token, key or session");
}

/** Where no token is asked for, any page open in a browser of this machine could else act through it. */
function requireOwnPage({ method, headers }: FastifyRequest): void {
  const site = headers["sec-fetch-site"];
  if (site === undefined || site === "same-origin" || site === "none" || method === "GET") return;
  throw new HubError("TL_UNAUTHORIZED", "the request comes from a page that is not the hub's own");
}

/** A browser that is signed in, and comes from our own page when it changes something. */
export async function browserUser(
  request: Pick<FastifyRequest, "method" | "headers">,
  deps: Pick<Deps, "token" | "now" | "queries">,
): Promise<Principal | undefined> {
  const value = sessionOf(request.headers);
  if (value === "" || !isOwnAct(request)) return undefined;
  const session = await deps.queries.access.session(secretHash(value));
  // Of the token's sessions the store knows those that have ended.
  if (hasSession(request, deps.token, deps.now())) return session === undefined ? OWNER : undefined;
  if (session === undefined || session.until < deps.now()) return undefined;
  const user = await deps.queries.access.user(session.user);
  if (user === undefined || user.disabled) return undefined;
  return { name: user.name, role: user.role, payloads: user.payloads };
}

async function bearer(given: string, deps: Deps): Promise<Principal | undefined> {
  if (sameToken(given, deps.token)) return OWNER;
  const id = keyIdOf(given);
  const key = id === undefined ? undefined : await deps.queries.access.key(id);
  if (id === undefined || key === undefined || key.revokedAt !== null) return undefined;
  if (!sameToken(secretHash(given), key.hash)) return undefined;
  const name = `key ${key.name}`;
  if (deps.now() - (key.usedAt ?? 0) > USE_MS) {
    // When it was used last is a help to people; whoever asks does not wait for it.
    deps.engine.changeAccess({ actor: name, reason: null }, { kind: "use-key", id }).catch(() => undefined);
  }
  return { name, role: key.role, payloads: key.payloads };
}
