import type { FastifyRequest } from "fastify";
import { HubError } from "../errors.ts";
import type { ApiDeps } from "./deps.ts";
import { sameToken } from "./token.ts";

/** @throws HubError TL_CONFIG_INVALID when the API would be open to others than this machine */
export function requireSafeAuth({ settings }: Pick<ApiDeps, "settings">): void {
  if (settings.auth === "none" && !isLoopback(settings.listen.host)) {
    throw new HubError("TL_CONFIG_INVALID", "`auth: none` is for a hub that listens on this machine only", {
      cure: "Set `listen` to 127.0.0.1, or `auth: token`.",
    });
  }
}

/** @throws HubError TL_UNAUTHORIZED unless the request bears the token */
export function requireToken(request: FastifyRequest, deps: Pick<ApiDeps, "settings" | "token">): void {
  if (deps.settings.auth === "none") return;
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (given === undefined || !sameToken(given, deps.token)) {
    throw new HubError("TL_UNAUTHORIZED", "the request bears no valid token");
  }
}

/** Whether only programs on this machine can reach an address the hub listens on. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}
