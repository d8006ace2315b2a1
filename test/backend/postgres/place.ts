import { randomBytes } from "node:crypto";
import type { PostgresAddress } from "../../../src/backend/postgres/address.ts";
import { ask, type TestServer } from "../../fakes/postgres.ts";

/** Where a store of a test's own is: a schema that nobody has used. */
export function freshPlace(server: TestServer): PostgresAddress {
  const { hostname, port, username, password, pathname } = new URL(server.url);
  return {
    host: hostname,
    port: Number(port === "" ? 5432 : port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1),
    schema: `test_${randomBytes(6).toString("hex")}`,
    tls: { mode: "none" },
  };
}

export async function dropPlace(server: TestServer, { schema }: PostgresAddress): Promise<void> {
  await ask(server.url, `DROP SCHEMA IF EXISTS ${schema} CASCADE`);
}
