import type { AccessReads, AccessTable, SessionRow } from "../../store/access-table.ts";
import {
  KEY_COLUMNS,
  keyFrom,
  keyValues,
  type StoredKey,
  type StoredUser,
  USER_COLUMNS,
  userFrom,
  userValues,
} from "../rows/access-row.ts";
import type { Sql } from "./sql.ts";

const PUT_USER = `INSERT INTO hub_user VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, subject = excluded.subject, role = excluded.role,
  payloads = excluded.payloads, disabled = excluded.disabled, failures = excluded.failures,
  locked_until = excluded.locked_until, signed_in_at = excluded.signed_in_at`;

export function accessTable(sql: Sql): AccessTable {
  const { user, userOf, key } = accessReads(sql);
  return {
    user,
    userOf,
    key,
    async putUser(row) {
      sql.run(PUT_USER, ...userValues(row));
    },
    async putKey(row) {
      sql.run("INSERT OR REPLACE INTO api_key VALUES (?, ?, ?, ?, ?, ?, ?, ?)", ...keyValues(row));
    },
    async addSession({ hash, user: name, until }) {
      sql.run("INSERT INTO session VALUES (?, ?, ?)", hash, name, until);
    },
    async endSession(hash) {
      sql.run("DELETE FROM session WHERE hash = ?", hash);
    },
    async endSessionsOf(name) {
      sql.run("DELETE FROM session WHERE name = ?", name);
    },
    async expireSessions(now) {
      sql.run("DELETE FROM session WHERE until < ?", now);
    },
  };
}

export function accessReads(sql: Sql): AccessReads {
  return {
    users: async () =>
      sql.all<StoredUser>(`SELECT ${USER_COLUMNS} FROM hub_user ORDER BY name`).map(userFrom),
    async user(name) {
      const row = sql.get<StoredUser>(`SELECT ${USER_COLUMNS} FROM hub_user WHERE name = ?`, name);
      return row === undefined ? undefined : userFrom(row);
    },
    async userOf(subject) {
      const row = sql.get<StoredUser>(`SELECT ${USER_COLUMNS} FROM hub_user WHERE subject = ?`, subject);
      return row === undefined ? undefined : userFrom(row);
    },
    keys: async () =>
      sql.all<StoredKey>(`SELECT ${KEY_COLUMNS} FROM api_key ORDER BY created_at, id`).map(keyFrom),
    async key(id) {
      const row = sql.get<StoredKey>(`SELECT ${KEY_COLUMNS} FROM api_key WHERE id = ?`, id);
      return row === undefined ? undefined : keyFrom(row);
    },
    session: async (hash) =>
      sql.get<SessionRow>('SELECT hash, name AS "user", until FROM session WHERE hash = ?', hash),
  };
}
