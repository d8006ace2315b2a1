import { HubError } from "../../errors.ts";
import type { UserRole } from "../../message/permission.ts";
import type { UserRow } from "../../store/access-table.ts";
import type { ApiDeps } from "../deps.ts";
import { TAKEN } from "../resource/user.ts";
import type { Person } from "./claims.ts";

type Deps = Pick<ApiDeps, "engine" | "queries">;
/** Who has a name already leaves the next one to a newcomer: nobody takes over an account by the name alone. */
const MOST_NAMES = 100;

/**
 * The user that a person of the provider is: made at the first sign-in, found by issuer and subject from then on, with the
 * role that the provider says now.
 * @returns the user's name
 * @throws HubError TL_FORBIDDEN when the person has no role here or is disabled; the audit log has it
 */
export async function admitPerson(deps: Deps, person: Person): Promise<string> {
  const { subject, role } = person;
  const known = await deps.queries.access.userOf(subject);
  if (role === null) throw await refuse(deps, person, known, "no group of this person has a role here");
  const user = known ?? (await addUser(deps, person, role));
  if (user.disabled) throw await refuse(deps, person, user, "this user is disabled");
  if (user.role !== role) {
    const by = { actor: "system", reason: "the provider says so at sign-in" };
    await deps.engine.changeAccess(by, { kind: "change-user", name: user.name, role });
  }
  return user.name;
}

async function addUser(deps: Deps, { subject, name }: Person, role: UserRole): Promise<UserRow> {
  const by = { actor: "system", reason: "first sign-in at the provider" };
  for (let number = 1; number <= MOST_NAMES; number++) {
    const free = number === 1 ? name : `${name}-${number}`;
    if (TAKEN.includes(free) || (await deps.queries.access.user(free)) !== undefined) continue;
    const user = { name: free, hash: null, subject, role, payloads: false };
    try {
      await deps.engine.changeAccess(by, { kind: "add-user", ...user });
    } catch (error) {
      if (!(error instanceof HubError) || error.code !== "TL_CONFLICT") throw error;
      // Somebody was faster: another by this name, or the same person in another tab.
    }
    const added = await deps.queries.access.userOf(subject);
    if (added !== undefined) return added;
  }
  throw new HubError("TL_CONFLICT", "too many users have this person's name");
}

async function refuse(
  deps: Deps,
  person: Person,
  known: UserRow | undefined,
  why: string,
): Promise<HubError> {
  const { subject, name } = person;
  const by = { actor: known?.name ?? "system", reason: why };
  await deps.engine.note(by, "refuse-sign-in", known?.name ?? name, { subject });
  return new HubError("TL_FORBIDDEN", why, { cure: "Ask an administrator of the hub." });
}
