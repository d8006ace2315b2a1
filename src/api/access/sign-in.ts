import type { FastifyReply, FastifyRequest } from "fastify";
import { HubError } from "../../errors.ts";
import type { ApiDeps } from "../deps.ts";
import { LIFE_MS, userCookie } from "../session.ts";
import { isPassword } from "./password.ts";
import { newSession } from "./secret.ts";

type Deps = Pick<ApiDeps, "engine" | "queries" | "now">;

/**
 * Proves a user by password. Wrong name, wrong password, locked and disabled are one answer, after the same work: it
 * tells nobody which names there are.
 * @throws HubError TL_UNAUTHORIZED, TL_BACKLOG_FULL
 */
export async function provePassword(deps: Deps, given: string, password: string): Promise<string> {
  const name = given.toLowerCase();
  const user = await deps.queries.access.user(name);
  const right = await isPassword(password, user?.hash ?? null);
  // Read again: while others were checked before this one, it may have been locked.
  const now = user === undefined ? undefined : await deps.queries.access.user(name);
  const locked = now !== undefined && now.lockedUntil !== null && now.lockedUntil > deps.now();
  if (right && now !== undefined && !locked && !now.disabled && now.hash === user?.hash) return name;
  // While it is locked nothing is counted: who guesses on does not keep the user out for longer.
  if (now !== undefined && !right && !locked)
    await deps.engine.changeAccess({ actor: "system", reason: null }, { kind: "fail-sign-in", name });
  throw new HubError("TL_UNAUTHORIZED", "name or password is wrong, or the user is locked or disabled", {
    cure: "After five failures a user is locked, for longer each time; an administrator can give a new password.",
  });
}

/** Signs a proven user's browser in. */
export async function startSession(
  deps: Deps,
  name: string,
  reply: FastifyReply,
  secure: boolean,
): Promise<void> {
  const { value, hash } = newSession();
  const until = deps.now() + LIFE_MS;
  await deps.engine.changeAccess(
    { actor: name, reason: null },
    { kind: "sign-in", name, session: hash, until },
  );
  reply.header("set-cookie", userCookie(value, secure));
}

/** The hub speaks plain HTTP; what stands before it and speaks https leaves the page's own address in Origin. */
export function isSecure(request: FastifyRequest): boolean {
  return (request.headers.origin ?? "").startsWith("https://");
}
