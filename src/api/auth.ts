import type { FastifyInstance, FastifyRequest } from "fastify";
import { HubError } from "../errors.ts";
import { may, PERMISSIONS, type Principal } from "../message/permission.ts";
import type { ApiDeps } from "./deps.ts";
import { type Needed, permissionOf } from "./permission-of.ts";
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

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks; null on routes that are open to everybody. */
    principal: Principal | null;
  }
}

/** Knows who asks from here on, and lets nobody pass who may not. */
export function guard(app: FastifyInstance, deps: ApiDeps): void {
  app.decorateRequest("principal", null);
  app.addHook("onRequest", async (request) => {
    request.principal = identify(request, deps);
    const { method, routeOptions } = request;
    requirePermission(request.principal, permissionOf(method, routeOptions.url ?? "") ?? "administer");
  });
}

/** @throws HubError TL_UNAUTHORIZED, TL_FORBIDDEN unless whoever asks may see how the hub is */
export function requireReader(request: FastifyRequest, deps: ApiDeps): void {
  requirePermission(identify(request, deps), "read");
}

/** @throws HubError TL_UNAUTHORIZED unless the request bears the token, or the cookie of a browser that has shown it */
function identify(request: FastifyRequest, deps: Pick<ApiDeps, "settings" | "token" | "now">): Principal {
  if (deps.settings.auth === "none") {
    requireOwnPage(request);
    return OWNER;
  }
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (given === undefined ? hasSession(request, deps.token, deps.now()) : sameToken(given, deps.token))
    return OWNER;
  throw new HubError("TL_UNAUTHORIZED", "the request bears no valid token");
}

/** Who has the hub's own token, or is on its machine where none is asked for. */
const OWNER: Principal = { name: "api", role: "admin", payloads: true };

/** @throws HubError TL_FORBIDDEN */
function requirePermission(principal: Principal, needed: Needed): void {
  if (needed === "open" || needed === "own" || may(principal, needed)) return;
  throw new HubError("TL_FORBIDDEN", `the role ${principal.role} does not give the permission ${needed}`, {
    cure: `Ask an administrator for it; these roles have it: ${PERMISSIONS[needed].roles.join(", ")}.`,
  });
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
