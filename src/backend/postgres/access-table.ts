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
import type { ReadSql, Sql } from "./sql.ts";

const SELECT_USER = `SELECT ${USER_COLUMNS} FROM hub_user`;
const SELECT_KEY = `SELECT ${KEY_COLUMNS} FROM api_key`;
const PUT_USER = `INSERT INTO hub_user VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, subject = excluded.subject, role = excluded.role,
  payloads = excluded.payloads, disabled = excluded.disabled, failures = excluded.failures,
  locked_until = excluded.locked_until, signed_in_at = excluded.signed_in_at`;
const PUT_KEY = `INSERT INTO api_key VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (id) DO UPDATE SET used_at = excluded.used_at, revoked_at = excluded.revoked_at`;

export function accessTable(sql: Sql): AccessTable {
  const user = async (condition: string, value: string) => {
    const row = await sql.get<StoredUser>(`${SELECT_USER} WHERE ${condition} FOR UPDATE`, value);
    return row === undefined ? undefined : userFrom(row);
  };
  return {
    user: (name) => user("name = $1", name),
    userOf: (subject) => user("subject = $1", subject),
    async putUser(row) {
      sql.send(PUT_USER, ...userValues(row));
    },
    async key(id) {
      const row = await sql.get<StoredKey>(`${SELECT_KEY} WHERE id = $1 FOR UPDATE`, id);
      return row === undefined ? undefined : keyFrom(row);
    },
    async putKey(row) {
      sql.send(PUT_KEY, ...keyValues(row));
    },
    async addSession({ hash, user: name, until }) {
      sql.send("INSERT INTO session VALUES ($1, $2, $3)", hash, name, until);
    },
    async endSession(hash) {
      sql.send("DELETE FROM session WHERE hash = $1", hash);
    },
    async endSessionsOf(name) {
      sql.send("DELETE FROM session WHERE name = $1", name);
    },
    async expireSessions(now) {
      sql.send("DELETE FROM session WHERE until < $1", now);
    },
  };
}

export function accessReads(sql: ReadSql): AccessReads {
  return {
    users: async () => (await sql.all<StoredUser>(`${SELECT_USER} ORDER BY name`)).map(userFrom),
    async user(name) {
      const row = await sql.get<StoredUser>(`${SELECT_USER} WHERE name = $1`, name);
      return row === undefined ? undefined : userFrom(row);
    },
    async userOf(subject) {
      const row = await sql.get<StoredUser>(`${SELECT_USER} WHERE subject = $1`, subject);
      return row === undefined ? undefined : userFrom(row);
    },
    keys: async () => (await sql.all<StoredKey>(`${SELECT_KEY} ORDER BY created_at, id`)).map(keyFrom),
    async key(id) {
      const row = await sql.get<StoredKey>(`${SELECT_KEY} WHERE id = $1`, id);
      return row === undefined ? undefined : keyFrom(row);
    },
    session: (hash) =>
      sql.get<SessionRow>('SELECT hash, name AS "user", until FROM session WHERE hash = $1', hash),
  };
}
