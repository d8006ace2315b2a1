import { describe, expect, test } from "vitest";
import type { KeyRow, UserRow } from "../../src/store/access-table.ts";
import { verifyChain } from "../../src/store/audit-chain.ts";
import type { AuditEntry } from "../../src/store/audit-table.ts";
import type { QueriesUnderTest } from "./queries.ts";

const NOW = Date.UTC(2027, 2, 28);

const USER: UserRow = {
  ...{ name: "anna", hash: "scrypt$…", subject: null, role: "operator", payloads: true, disabled: false },
  ...{ failures: 0, lockedUntil: null, createdAt: NOW, signedInAt: null },
};
const KEY: KeyRow = {
  ...{ id: "0123456789ab", name: "nightly job", hash: "ab".repeat(32), role: "viewer", payloads: false },
  ...{ createdAt: NOW, usedAt: null, revokedAt: null },
};

function entry(target: string, change: Partial<AuditEntry> = {}): AuditEntry {
  return { at: NOW, actor: "anna", act: "pause", target, detail: null, reason: null, ...change };
}

/** What every store promises about who may use the hub, and about the chain of the audit log. */
export function describeAccess(name: string, open: () => Promise<QueriesUnderTest>): void {
  async function within(work: (under: QueriesUnderTest) => Promise<void>): Promise<void> {
    const under = await open();
    try {
      await work(under);
    } finally {
      await under.dispose();
    }
  }

  describe(`access: ${name}`, () => {
    test("users and keys are read as they were written, and written over by name and id", () =>
      within(async ({ store, queries: { access } }) => {
        const later = { ...USER, failures: 6, lockedUntil: NOW + 1, disabled: true, signedInAt: NOW };
        const person = { ...USER, name: "bo", hash: null, subject: "https://id.example bo" };
        await store.transaction(async (tx) => {
          await tx.access.putUser(USER);
          await tx.access.putUser(person);
          await tx.access.putKey(KEY);
          expect(await tx.access.user("anna")).toEqual(USER);
          await tx.access.putUser(later);
          await tx.access.putKey({ ...KEY, usedAt: NOW, revokedAt: NOW + 1 });
        });
        expect(await access.users()).toEqual([later, person]);
        expect(await access.user("anna")).toEqual(later);
        expect(await access.user("Anna")).toBeUndefined();
        expect(await access.keys()).toEqual([{ ...KEY, usedAt: NOW, revokedAt: NOW + 1 }]);
        expect(await access.key("ba9876543210")).toBeUndefined();
        const found = await store.transaction((tx) => tx.access.userOf("https://id.example bo"));
        expect(found).toEqual(person);
        expect(await access.userOf("https://id.example bo")).toEqual(person);
        expect(await access.userOf("https://id.example anna")).toBeUndefined();
      }));

    test("two users cannot be one person of the provider", () =>
      within(async ({ store }) => {
        const both = store.transaction(async (tx) => {
          await tx.access.putUser({ ...USER, subject: "s" });
          await tx.access.putUser({ ...USER, name: "bo", subject: "s" });
        });
        await expect(both).rejects.toThrow();
        expect(await store.transaction((tx) => tx.access.userOf("s"))).toBeUndefined();
      }));

    test("sessions end one by one, all of a user, and by time", () =>
      within(async ({ store, queries: { access } }) => {
        const session = (hash: string, user: string, until: number) => ({ hash, user, until });
        await store.transaction(async (tx) => {
          for (const hash of ["a1", "a2", "a3"]) await tx.access.addSession(session(hash, "anna", NOW + 9));
          await tx.access.addSession(session("b1", "bo", NOW + 9));
          await tx.access.addSession(session("b2", "bo", NOW - 9));
          await tx.access.endSession("a1");
          await tx.access.expireSessions(NOW);
        });
        expect(await access.session("a1")).toBeUndefined();
        expect(await access.session("b2")).toBeUndefined();
        expect(await access.session("a2")).toEqual(session("a2", "anna", NOW + 9));
        await store.transaction((tx) => tx.access.endSessionsOf("anna"));
        expect(await access.session("a3")).toBeUndefined();
        expect(await access.session("b1")).toEqual(session("b1", "bo", NOW + 9));
      }));

    test("entries of the audit log are chained in the order they were written", () =>
      within(async ({ store, queries }) => {
        const read = (after: number, limit: number) => queries.auditChain(after, limit);
        expect(await verifyChain(read, null)).toEqual(report(0, null));
        await store.transaction(async (tx) => {
          await tx.audit.add(entry("erp", { detail: '{"a":"\\u0000ü"}', reason: "a\u0001b\0c 😀 \ud83d" }));
          await tx.audit.add(entry("web"));
        });
        const [first, second] = await queries.auditChain(0, 10);
        expect(first?.hash).toMatch(/^[0-9a-f]{64}$/);
        await Promise.all(["c", "d", "e"].map((one) => store.transaction((tx) => tx.audit.add(entry(one)))));
        const [head] = (await queries.audit({ before: null, limit: 1 })).items;
        expect(await verifyChain(read, null)).toEqual(report(5, head?.hash ?? ""));
        expect(await verifyChain(read, second?.hash ?? "")).toMatchObject({ knows: true });
        expect(await verifyChain(read, "0".repeat(64))).toMatchObject({ knows: false, brokenAt: null });
      }));

    test("what is changed, taken out or put into the audit log breaks the chain there", () =>
      within(async ({ store, queries }) => {
        await store.transaction(async (tx) => {
          for (const target of ["a", "b", "c"]) await tx.audit.add(entry(target));
        });
        const kept = await queries.auditChain(0, 10);
        const brokenAt = async (entries: typeof kept) =>
          (await verifyChain(async (after) => entries.filter(({ id }) => id > after), null)).brokenAt;
        expect(await brokenAt(kept)).toBeNull();
        const [a, b, c] = kept as [(typeof kept)[0], (typeof kept)[0], (typeof kept)[0]];
        expect(await brokenAt([a, { ...b, actor: "bo" }, c])).toBe(b.id);
        expect(await brokenAt([a, { ...b, hash: null }, c])).toBe(b.id);
        expect(await brokenAt([a, c])).toBe(c.id);
        expect(await brokenAt([b, c])).toBe(b.id);
        expect(await brokenAt([a, { ...b, id: a.id + 0.5 }, b, c])).toBe(b.id);
      }));
  });
}

function report(entries: number, head: string | null) {
  return { entries, unsealed: 0, head, brokenAt: null, knows: null };
}
