import type { Client } from "pg";
import { HubError } from "../../errors.ts";
import type { PostgresAddress } from "./address.ts";

/** Another hub has become the writer since this one was. */
export class Fenced extends HubError {
  constructor(address: PostgresAddress) {
    super("TL_CONFLICT", `another hub has taken over the store in schema ${address.schema}`, {
      cure: "One hub at a time works on a store: stop the other one, or start this one again when it has ended.",
    });
  }
}

/** The session that died with a hub, or with its connection, may hold the lock for a moment longer. */
const LOCK_PATIENCE_MS = 5_000;

/**
 * Takes the lock of the store for this connection.
 * @param epoch that this hub had before; null at its start: then it waits a little
 * @throws Fenced, HubError TL_CONFLICT while another hub has it
 */
export async function lock(client: Client, address: PostgresAddress, epoch: number | null): Promise<void> {
  const until = performance.now() + (epoch === null ? LOCK_PATIENCE_MS : 0);
  for (;;) {
    if (await takeLock(client, address.schema)) return;
    if (epoch !== null && (await epochOf(client, address)) !== epoch) throw new Fenced(address);
    if (performance.now() >= until) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new HubError("TL_CONFLICT", `another hub holds the store in schema ${address.schema}`, {
    cure: "Stop the other hub first, or name a schema of its own for this one: postgres://…/database?schema=NAME.",
  });
}

/** The lock of a store belongs to the connection that takes it. False: another one has it. */
export async function takeLock(client: Client, schema: string): Promise<boolean> {
  const text = "SELECT pg_try_advisory_lock(hashtextextended('tieline ' || $1, 0)) AS mine";
  return (await client.query(text, [schema])).rows[0]?.mine === true;
}

async function epochOf(client: Client, address: PostgresAddress): Promise<number> {
  const { rows } = await client.query(`SELECT epoch FROM ${client.escapeIdentifier(address.schema)}.writer`);
  return Number(rows[0]?.epoch);
}

/**
 * Becomes the writer, or is so again: `mine` is the epoch, `mark` the last transaction that was committed.
 * @throws Fenced when another hub has become it meanwhile
 */
export async function claim(
  client: Client,
  address: PostgresAddress,
  epoch: number | null,
): Promise<{ readonly mine: number; readonly mark: string }> {
  const text =
    epoch === null
      ? "UPDATE writer SET epoch = epoch + 1, mark = '' RETURNING epoch, mark"
      : "SELECT epoch, mark FROM writer";
  const row = (await client.query(text)).rows[0] as { epoch: number; mark: string };
  if (epoch !== null && row.epoch !== epoch) throw new Fenced(address);
  return { mine: row.epoch, mark: row.mark };
}
