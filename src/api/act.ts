import type { FastifyRequest } from "fastify";
import type { Act } from "../control/engine.ts";
import { HubError } from "../errors.ts";
import { may } from "../message/permission.ts";
import { OWNER } from "./access/identify.ts";
import type { ApiDeps } from "./deps.ts";
import type { ReasonBody } from "./schema.ts";

/**
 * Writes down that somebody is about to see a payload. It is on disk before a byte leaves: what cannot be written down
 * is not shown.
 * @param target id of the message, or `file <id>`
 */
export async function notePayload(
  deps: Pick<ApiDeps, "engine">,
  request: FastifyRequest,
  target: string,
  detail: object | null,
): Promise<void> {
  await deps.engine.note(actOf(request), "see-payloads", target, detail);
}

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

/**
 * Asked beside what the route asks, of acts that put content where it was not.
 * @throws HubError TL_FORBIDDEN
 */
export function requirePayloads({ principal }: FastifyRequest): void {
  if (principal !== null && may(principal, "payloads")) return;
  throw new HubError("TL_FORBIDDEN", "for this you must also be allowed to see payloads", {
    cure: "An administrator can give you that right without another role.",
  });
}
