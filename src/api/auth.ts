import type { FastifyRequest } from "fastify";
import { HubError } from "../errors.ts";
import type { ApiDeps } from "./deps.ts";
import { hasSession } from "./session.ts";
import { sameToken } from "./token.ts";

/** @throws HubError TL_CONFIG_INVALID when the API would be open to others than this machine */
export function requireSafeAuth({ settings }: Pick<ApiDeps, "settings">): void {
  if (settings.auth === "none" && !isLoopback(settings.listen.host)) {
    throw new HubError("TL_CONFIG_INVALID", "`auth: none` is for a hub that listens on this machine only", {
      cure: "Set `listen` to 127.0.0.1, or `auth: token`.",
    });
  }
}

/** @throws HubError TL_UNAUTHORIZED unless the request bears the token, or the cookie of a browser that has shown it */
export function requireToken(
  request: FastifyRequest,
  deps: Pick<ApiDeps, "settings" | "token" | "now">,
): void {
  if (deps.settings.auth === "none") {
    requireOwnPage(request);
    return;
  }
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (given === undefined ? hasSession(request, deps.token, deps.now()) : sameToken(given, deps.token))
    return;
  throw new HubError("TL_UNAUTHORIZED", "the request bears no valid token");
}

/** Where no token is asked for, any page open in a browser of this machine could else act through it. */
function requireOwnPage({ method, headers }: FastifyRequest): void {
  const site = headers["sec-fetch-site"];
  if (site === undefined || site === "same-origin" || site === "none" || method === "GET") return;
  throw new HubError("TL_UNAUTHORIZED", "the request comes from a page that is not the hub's own");
}

/** Whether only programs on this machine can reach an address the hub listens on. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}
