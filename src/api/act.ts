import type { FastifyRequest } from "fastify";
import type { Act } from "../control/engine.ts";
import type { ReasonBody } from "./schema.ts";

/** Who asks, for the audit log. One token opens the API today; the hub's own command line and browsers name themselves. */
export function actOf(request: FastifyRequest): Act {
  const body = request.body as ReasonBody | null;
  const cli = (request.headers["user-agent"] ?? "").startsWith("tieline-cli/");
  const browser = request.headers["sec-fetch-site"] === "same-origin";
  return { actor: cli ? "cli" : browser ? "dashboard" : "api", reason: body?.reason ?? null };
}
