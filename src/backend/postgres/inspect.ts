import { Client } from "pg";
import { HubError } from "../../errors.ts";
import type { PostgresAddress } from "./address.ts";
import { clientConfig } from "./client.ts";
import { connectFailure } from "./connect-failure.ts";
import { takeAlone } from "./lock.ts";
import { checkServer } from "./server-check.ts";

/**
 * Looks at a store that no hub has open, without changing it.
 * @throws HubError TL_CONFLICT while a hub has it, TL_CONFIG_INVALID when the server may lose what it commits,
 *   TL_STORE_FAILED when it cannot be reached
 */
export async function inspectPostgresStore(
  address: PostgresAddress,
): Promise<{ readonly exists: boolean; readonly found: string }> {
  const client = new Client(clientConfig(address, "tieline doctor"));
  // A connection that ends under a question is told by the question too.
  client.on("error", () => undefined);
  try {
    await client.connect();
    const version = await checkServer(client);
    const table = `${client.escapeIdentifier(address.schema)}.migration`;
    const { rows } = await client.query("SELECT to_regclass($1) IS NOT NULL AS exists", [table]);
    if (!(await takeAlone(client, address.schema)))
      throw new HubError("TL_CONFLICT", `a hub holds the store in schema ${address.schema}`);
    return {
      exists: rows[0]?.exists === true,
      found: `PostgreSQL ${version} answers; fsync, full_page_writes and synchronous_commit are on`,
    };
  } catch (error) {
    throw connectFailure(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}
