import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSqliteQueries } from "../../src/backend/sqlite/queries.ts";
import { openSqliteStore } from "../../src/backend/sqlite/store.ts";
import { accessDesk } from "../../src/intake/access-desk.ts";
import type { Queries } from "../../src/store/queries.ts";
import type { Store } from "../../src/store/store.ts";

const BY = { actor: "cli", reason: "because" };
const ANNA = { name: "anna", hash: "h", subject: null, role: "operator", payloads: false } as const;
const SECOND = 1000;

let folder: string;
let store: Store;
let queries: Queries;
let now: number;
let desk: ReturnType<typeof accessDesk>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "access-"));
  store = openSqliteStore(folder);
  queries = openSqliteQueries(folder);
  now = Date.UTC(2027, 2, 28);
  desk = accessDesk(store, () => now);
});
afterEach(async () => {
  await queries.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

async function acts(): Promise<readonly string[]> {
  const { items } = await queries.audit({ before: null, limit: 50 });
  return items.map(({ actor, act, target }) => `${actor} ${act} ${target}`).reverse();
}

test("wrong passwords lock a user from the fifth on, each time for twice as long, until one is right", async () => {
  await desk.changeAccess(BY, { kind: "add-user", ...ANNA });
  const fail = () => desk.changeAccess(BY, { kind: "fail-sign-in", name: "anna" });
  const locked = async () => ((await queries.access.user("anna"))?.lockedUntil ?? now) - now;
  const delays: number[] = [];
  for (let time = 0; time < 14; time++) {
    await fail();
    delays.push((await locked()) / SECOND);
  }
  expect(delays).toEqual([0, 0, 0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]);
  await desk.changeAccess(BY, { kind: "sign-in", name: "anna", session: "s", until: now + SECOND });
  expect(await queries.access.user("anna")).toMatchObject({
    failures: 0,
    lockedUntil: null,
    signedInAt: now,
  });
  expect((await acts()).filter((one) => one.includes("lock-out"))).toHaveLength(10);
});

test("who is not known cannot be locked, and leaves nothing behind", async () => {
  await desk.changeAccess(BY, { kind: "fail-sign-in", name: "nobody" });
  expect(await queries.access.users()).toEqual([]);
  expect(await acts()).toEqual([]);
});

test("every change of who may use the hub is in the audit log, and no secret is", async () => {
  const key = { id: "0123456789ab", name: "job", hash: "key-hash", role: "viewer", payloads: true } as const;
  await desk.changeAccess(BY, { kind: "add-user", ...ANNA });
  await desk.changeAccess(BY, { kind: "change-user", name: "anna", role: "engineer" });
  await desk.changeAccess(BY, { kind: "set-password", name: "anna", hash: "new-hash" });
  await desk.changeAccess(BY, { kind: "add-key", ...key });
  await desk.changeAccess(BY, { kind: "use-key", id: key.id });
  await desk.changeAccess(BY, { kind: "revoke-key", id: key.id });
  await desk.note({ actor: "anna", reason: null }, "see-payloads", "m-1", null);
  expect(await acts()).toEqual([
    ...["cli add-user anna", "cli change-user anna", "cli set-password anna"],
    ...["cli add-key job", "cli revoke-key job", "anna see-payloads m-1"],
  ]);
  const text = JSON.stringify(await queries.audit({ before: null, limit: 50 }));
  expect(text).not.toContain("key-hash");
  expect(text).not.toContain("new-hash");
  expect(await queries.access.key(key.id)).toMatchObject({ usedAt: now, revokedAt: now });
});

test("a disabled user and another password end the sessions", async () => {
  await desk.changeAccess(BY, { kind: "add-user", ...ANNA });
  const signIn = (session: string) =>
    desk.changeAccess(BY, { kind: "sign-in", name: "anna", session, until: now + SECOND });
  await signIn("a");
  await desk.changeAccess(BY, { kind: "change-user", name: "anna", payloads: true });
  expect(await queries.access.session("a")).toBeDefined();
  await desk.changeAccess(BY, { kind: "set-password", name: "anna", hash: "x" });
  expect(await queries.access.session("a")).toBeUndefined();
  await signIn("b");
  await desk.changeAccess(BY, { kind: "change-user", name: "anna", disabled: true });
  expect(await queries.access.session("b")).toBeUndefined();
});

test("a name, an id and a person of the provider are taken once", async () => {
  await desk.changeAccess(BY, { kind: "add-user", ...ANNA, subject: "s" });
  const conflict = { code: "TL_CONFLICT" };
  await expect(desk.changeAccess(BY, { kind: "add-user", ...ANNA })).rejects.toMatchObject(conflict);
  const other = { kind: "add-user", ...ANNA, name: "bo", subject: "s" } as const;
  await expect(desk.changeAccess(BY, other)).rejects.toMatchObject(conflict);
  const missing = { code: "TL_NOT_FOUND" };
  await expect(desk.changeAccess(BY, { kind: "revoke-key", id: "x" })).rejects.toMatchObject(missing);
  await expect(desk.changeAccess(BY, { kind: "change-user", name: "x" })).rejects.toMatchObject(missing);
});
