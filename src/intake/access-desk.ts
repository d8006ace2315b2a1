import type { AccessChange } from "../control/access.ts";
import type { Act, Engine } from "../control/engine.ts";
import { HubError } from "../errors.ts";
import type { UserRow } from "../store/access-table.ts";
import type { Store, Tx } from "../store/store.ts";

/** Wrong passwords that are borne before a user is locked, and for how long the first time; then twice as long each time. */
const BORNE = 5;
const LOCK_MS = 30_000;
const LONGEST_LOCK_MS = 3_600_000;

/** What an act leaves in the audit log; null: nothing worth a line. */
type Noted = { readonly target: string; readonly detail: object | null; readonly act?: string } | null;

/** Who may use the hub: each change is in the audit log in the transaction that carries it out (invariant I6). */
export function accessDesk(store: Store, now: () => number): Pick<Engine, "changeAccess" | "note"> {
  const add = (tx: Tx, by: Act, act: string, target: string, detail: object | null): Promise<void> =>
    tx.audit.add({
      ...{ at: now(), actor: by.actor, act, target, reason: by.reason },
      detail: detail === null ? null : JSON.stringify(detail),
    });
  return {
    changeAccess: (by, change) =>
      store.transaction(async (tx) => {
        const noted = await carryOut(tx, change, now());
        if (noted !== null) await add(tx, by, noted.act ?? change.kind, noted.target, noted.detail);
      }),
    note: (by, act, target, detail) => store.transaction((tx) => add(tx, by, act, target, detail)),
  };
}

/** @throws HubError TL_NOT_FOUND, TL_CONFLICT */
async function carryOut(tx: Tx, change: AccessChange, now: number): Promise<Noted> {
  switch (change.kind) {
    case "add-user":
      return addUser(tx, change, now);
    case "change-user":
      return changeUser(tx, change);
    case "set-password": {
      const user = await found(tx, change.name);
      await tx.access.putUser({ ...user, hash: change.hash, failures: 0, lockedUntil: null });
      await tx.access.endSessionsOf(user.name);
      return { target: user.name, detail: null };
    }
    case "sign-in": {
      const user = await found(tx, change.name);
      await tx.access.putUser({ ...user, failures: 0, lockedUntil: null, signedInAt: now });
      await tx.access.expireSessions(now);
      await tx.access.addSession({ hash: change.session, user: user.name, until: change.until });
      return { target: user.name, detail: null };
    }
    case "fail-sign-in":
      return countFailure(tx, change.name, now);
    case "sign-out":
      await tx.access.endSession(change.session);
      return { target: change.name, detail: null };
    case "end-token-session":
      await tx.access.expireSessions(now);
      await tx.access.endSession(change.session);
      await tx.access.addSession({ hash: change.session, user: change.name, until: change.until });
      return { act: "sign-out", target: change.name, detail: null };
    default:
      return changeKey(tx, change, now);
  }
}

async function addUser(
  tx: Tx,
  { name, hash, subject, role, payloads }: AccessChange & { kind: "add-user" },
  now: number,
): Promise<Noted> {
  if ((await tx.access.user(name)) !== undefined)
    throw new HubError("TL_CONFLICT", `there is a user ${name} already`, { cure: "Choose another name." });
  if (subject !== null && (await tx.access.userOf(subject)) !== undefined)
    throw new HubError("TL_CONFLICT", "this person of the provider is known by another name already");
  await tx.access.putUser({
    ...{ name, hash, subject, role, payloads, disabled: false, failures: 0 },
    ...{ lockedUntil: null, createdAt: now, signedInAt: null },
  });
  return { target: name, detail: { role, payloads } };
}

async function changeUser(
  tx: Tx,
  { name, role, payloads, disabled }: AccessChange & { kind: "change-user" },
): Promise<Noted> {
  const user = await found(tx, name);
  const next = {
    role: role ?? user.role,
    payloads: payloads ?? user.payloads,
    disabled: disabled ?? user.disabled,
  };
  await tx.access.putUser({ ...user, ...next });
  if (next.disabled) await tx.access.endSessionsOf(name);
  return { target: name, detail: next };
}

/** Locks from the fifth failure on, longer with each. */
async function countFailure(tx: Tx, name: string, now: number): Promise<Noted> {
  const user = await tx.access.user(name);
  if (user === undefined) return null;
  const failures = user.failures + 1;
  const over = failures - BORNE;
  const lockedUntil = over < 0 ? null : now + Math.min(LONGEST_LOCK_MS, LOCK_MS * 2 ** Math.min(over, 20));
  await tx.access.putUser({ ...user, failures, lockedUntil });
  return lockedUntil === null ? null : { act: "lock-out", target: name, detail: { failures, lockedUntil } };
}

type KeyChange = AccessChange & { readonly kind: "add-key" | "revoke-key" | "use-key" };

async function changeKey(tx: Tx, change: KeyChange, now: number): Promise<Noted> {
  const { id } = change;
  const key = await tx.access.key(id);
  if (change.kind === "add-key") {
    if (key !== undefined) throw new HubError("TL_CONFLICT", "there is a key of this id already");
    const { name, hash, role, payloads } = change;
    const times = { createdAt: now, usedAt: null, revokedAt: null };
    await tx.access.putKey({ id, name, hash, role, payloads, ...times });
    return { target: name, detail: { id, role, payloads } };
  }
  if (key === undefined) throw new HubError("TL_NOT_FOUND", "there is no key of this id");
  if (change.kind === "use-key") {
    await tx.access.putKey({ ...key, usedAt: now });
    return null;
  }
  if (key.revokedAt === null) await tx.access.putKey({ ...key, revokedAt: now });
  return { target: key.name, detail: { id } };
}

async function found(tx: Tx, name: string): Promise<UserRow> {
  const user = await tx.access.user(name);
  if (user === undefined) throw new HubError("TL_NOT_FOUND", "there is no user of this name");
  return user;
}
