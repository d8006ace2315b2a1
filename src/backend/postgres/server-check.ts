import type { Client } from "pg";
import { HubError } from "../../errors.ts";

/** PostgreSQL 14: the oldest that is still mended (https://www.postgresql.org/support/versioning/). */
const OLDEST = 140_000;

interface Server {
  readonly version: number;
  readonly text: string;
  readonly fsync: string;
  readonly commit: string;
  readonly pages: string;
  readonly encoding: string;
  readonly standby: boolean;
}

const ASK = `SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS text,
  current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
  current_setting('full_page_writes') AS pages, current_setting('server_encoding') AS encoding,
  pg_is_in_recovery() AS standby`;

/**
 * Whether what this server commits survives a power cut, and every text can be stored. Gives its version.
 * @throws HubError TL_CONFIG_INVALID with the setting to change, TL_STORE_FAILED for a standby
 */
export async function checkServer(client: Pick<Client, "query">): Promise<string> {
  const server = (await client.query(ASK)).rows[0] as Server;
  if (server.version < OLDEST) refuse(`it is PostgreSQL ${server.text}`, "Use PostgreSQL 14 or later.");
  if (server.fsync !== "on") refuse("`fsync` is off", "Set fsync = on in postgresql.conf and reload it.");
  if (server.pages !== "on")
    refuse("`full_page_writes` is off", "Set full_page_writes = on in postgresql.conf and reload it.");
  if (server.commit === "off") {
    refuse(
      "`synchronous_commit` is off",
      "Set synchronous_commit = on for the server, the database and the hub's user.",
    );
  }
  if (server.encoding !== "UTF8")
    refuse(`its encoding is ${server.encoding}`, "Create the database with ENCODING 'UTF8'.");
  if (server.standby)
    throw new HubError("TL_STORE_FAILED", "the server is a standby, which cannot be written");
  return server.text;
}

function refuse(what: string, cure: string): never {
  throw new HubError("TL_CONFIG_INVALID", `the hub cannot keep its word on this database: ${what}`, { cure });
}
