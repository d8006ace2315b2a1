import type { UserRole } from "../message/permission.ts";

/** A person who signs in. */
export interface UserRow {
  /** In small letters; how the audit log names this person. */
  readonly name: string;
  /** Of the password, with its parameters; null: signs in at the provider only. */
  readonly hash: string | null;
  /** Issuer and subject, when the person came from an OpenID provider. */
  readonly subject: string | null;
  readonly role: UserRole;
  /** Sees payloads whatever the role. */
  readonly payloads: boolean;
  readonly disabled: boolean;
  /** Wrong passwords since the last right one. */
  readonly failures: number;
  /** No password is right before; milliseconds since 1970. */
  readonly lockedUntil: number | null;
  readonly createdAt: number;
  readonly signedInAt: number | null;
}

/** What a program proves itself with. The key itself is kept nowhere. */
export interface KeyRow {
  /** The part of the key that may be seen. */
  readonly id: string;
  /** As the audit log names the program. */
  readonly name: string;
  /** SHA-256 of the whole key, hexadecimal. */
  readonly hash: string;
  readonly role: UserRole;
  readonly payloads: boolean;
  readonly createdAt: number;
  /** To the minute. */
  readonly usedAt: number | null;
  readonly revokedAt: number | null;
}

/** A browser in which somebody has signed in; of the hub's own token, which needs no row, one that has signed out. */
export interface SessionRow {
  /** SHA-256 of what the cookie holds, hexadecimal. */
  readonly hash: string;
  readonly user: string;
  readonly until: number;
}

/** Who may use the hub. Rows are few and written whole. */
export interface AccessTable {
  /** Held until the transaction ends, so that two hubs count failures one after the other. */
  user(name: string): Promise<UserRow | undefined>;
  userOf(subject: string): Promise<UserRow | undefined>;
  /** Adds the row, or writes over that of the same name. */
  putUser(row: UserRow): Promise<void>;
  key(id: string): Promise<KeyRow | undefined>;
  putKey(row: KeyRow): Promise<void>;
  addSession(row: SessionRow): Promise<void>;
  endSession(hash: string): Promise<void>;
  endSessionsOf(user: string): Promise<void>;
  /** Forgets those that ended before. */
  expireSessions(now: number): Promise<void>;
}

/** The same, read while requests come in. */
export interface AccessReads {
  users(): Promise<readonly UserRow[]>;
  user(name: string): Promise<UserRow | undefined>;
  userOf(subject: string): Promise<UserRow | undefined>;
  keys(): Promise<readonly KeyRow[]>;
  key(id: string): Promise<KeyRow | undefined>;
  session(hash: string): Promise<SessionRow | undefined>;
}
