import type { KeyRow, UserRow } from "../../store/access-table.ts";

type Stored<Row> = { readonly [Name in keyof Row]: Row[Name] extends boolean ? number : Row[Name] };

/** Columns of a user, named as the row names them; they are written in this order. */
export const USER_COLUMNS = `name, hash, subject, role, payloads, disabled, failures, locked_until AS "lockedUntil",
  created_at AS "createdAt", signed_in_at AS "signedInAt"`;
export const KEY_COLUMNS = `id, name, hash, role, payloads, created_at AS "createdAt", used_at AS "usedAt",
  revoked_at AS "revokedAt"`;

export type StoredUser = Stored<UserRow>;
export type StoredKey = Stored<KeyRow>;

export function userFrom(row: StoredUser): UserRow {
  return { ...row, payloads: row.payloads === 1, disabled: row.disabled === 1 };
}

export function keyFrom(row: StoredKey): KeyRow {
  return { ...row, payloads: row.payloads === 1 };
}

export function userValues(row: UserRow): (string | number | null)[] {
  return [
    ...[row.name, row.hash, row.subject, row.role, row.payloads ? 1 : 0, row.disabled ? 1 : 0],
    ...[row.failures, row.lockedUntil, row.createdAt, row.signedInAt],
  ];
}

export function keyValues(row: KeyRow): (string | number | null)[] {
  return [
    ...[row.id, row.name, row.hash, row.role, row.payloads ? 1 : 0],
    ...[row.createdAt, row.usedAt, row.revokedAt],
  ];
}
