import type { FastifyRequest } from "fastify";
import type { Act } from "../control/engine.ts";
import { OWNER } from "./access/identify.ts";
import type { ReasonBody } from "./schema.ts";

/** Who asks, for the audit log. What has the hub's own token is told by where it comes from. */
export function actOf(request: FastifyRequest): Act {
  const body = request.body as ReasonBody | null;
  const reason = body?.reason ?? null;
  const { principal } = request;
  if (principal !== null && principal.name !== OWNER.name) return { actor: principal.name, reason };
  const cli = (request.headers["user-agent"] ?? "").startsWith("tieline-cli/");
  const browser = request.headers["sec-fetch-site"] === "same-origin";
  return { actor: cli ? "cli" : browser ? "dashboard" : OWNER.name, reason };
}
