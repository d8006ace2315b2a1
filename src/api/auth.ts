import type { FastifyInstance, FastifyRequest } from "fastify";
import { asHubError, HubError } from "../errors.ts";
import { may, PERMISSIONS, type Principal } from "../message/permission.ts";
import { identify } from "./access/identify.ts";
import type { ApiDeps } from "./deps.ts";
import { type Needed, permissionOf } from "./permission-of.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks; set where `guard` watches, which is not where everybody may ask. */
    principal: Principal | null;
  }
}

/** @throws HubError TL_CONFIG_INVALID when the API would be open to others than this machine */
export function requireSafeAuth({ settings }: Pick<ApiDeps, "settings">): void {
  if (settings.auth === "none" && !isLoopback(settings.listen.host)) {
    throw new HubError("TL_CONFIG_INVALID", "`auth: none` is for a hub that listens on this machine only", {
      cure: "Set `listen` to 127.0.0.1, or `auth: token`.",
    });
  }
}

/** Knows who asks from here on, and lets nobody pass who may not. */
export function guard(app: FastifyInstance, deps: ApiDeps): void {
  app.decorateRequest("principal", null);
  app.addHook("onRequest", async (request) => {
    request.principal = await identify(request, deps);
    requirePermission(request.principal, neededBy(request));
  });
}

/** @throws HubError TL_UNAUTHORIZED, TL_FORBIDDEN unless whoever asks may see how the hub is */
export async function requireReader(request: FastifyRequest, deps: ApiDeps): Promise<void> {
  requirePermission(await identify(request, deps), "read");
}

/**
 * Whether whoever made a request may still make it: an answer that goes on must not outlive the right to it. A store that
 * does not answer takes no right away: an agent's page must hear of calls while it is away too.
 */
export async function mayStill(request: FastifyRequest, deps: ApiDeps): Promise<boolean> {
  try {
    requirePermission(await identify(request, deps), neededBy(request));
    return true;
  } catch (error) {
    const { code } = asHubError(error);
    return code !== "TL_UNAUTHORIZED" && code !== "TL_FORBIDDEN";
  }
}

function neededBy({ method, routeOptions }: FastifyRequest): Needed {
  return permissionOf(method, routeOptions.url ?? "") ?? "administer";
}

/** @throws HubError TL_FORBIDDEN */
export function requirePermission(principal: Principal | null, needed: Needed): void {
  if (principal === null) throw new HubError("TL_UNAUTHORIZED", "nobody is signed in");
  if (needed === "open" || needed === "own" || may(principal, needed)) return;
  throw new HubError("TL_FORBIDDEN", `the role ${principal.role} does not give the permission ${needed}`, {
    cure: `Ask an administrator for it; these roles have it: ${PERMISSIONS[needed].roles.join(", ")}.`,
  });
}

/** Whether only programs on this machine can reach an address the hub listens on. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}
