import type { Client } from "pg";
import { HubError } from "../../errors.ts";
import type { PostgresAddress } from "./address.ts";

/** The session that died with a process, or with its connection, may hold a lock for a moment longer. */
const PATIENCE_MS = 5_000;

const KEY = "hashtextextended('tieline ' || $1, 0)";

/** Takes part in a store, as other hubs do. @throws HubError TL_CONFLICT while somebody has it alone */
export async function lockShared(client: Client, address: PostgresAddress): Promise<void> {
  const text = `SELECT pg_try_advisory_lock_shared(${KEY}) AS mine`;
  if (await patiently(() => taken(client, text, address.schema))) return;
  throw new HubError("TL_CONFLICT", `a store is being moved to schema ${address.schema}`, {
    cure: "Start the hub when `tieline migrate` has ended.",
  });
}

/** Takes a store alone. @throws HubError TL_CONFLICT while a hub has it */
export async function lockAlone(client: Client, address: PostgresAddress): Promise<void> {
  if (await patiently(() => takeAlone(client, address.schema))) return;
  throw new HubError("TL_CONFLICT", `a hub holds the store in schema ${address.schema}`, {
    cure: "Stop the other hub first, or name a schema of its own for this one: postgres://…/database?schema=NAME.",
  });
}

/** Locks belong to the connection that takes them. False: somebody has the store. */
export async function takeAlone(client: Client, schema: string): Promise<boolean> {
  return taken(client, `SELECT pg_try_advisory_lock(${KEY}) AS mine`, schema);
}

/**
 * Waits until no other connection of this process is there any more: one that was lost may still be in a transaction.
 * @param worker id of this process
 * @throws HubError TL_STORE_FAILED while there is one
 */
export async function lockWorker(client: Client, { schema }: PostgresAddress, worker: number): Promise<void> {
  if (await taken(client, `SELECT pg_try_advisory_lock(${KEY}) AS mine`, `${schema} worker ${worker}`))
    return;
  throw new HubError("TL_STORE_FAILED", "the connection that was lost has not ended yet");
}

/** Runs work while no other process of the store runs this one. */
export async function oneAtATime<T>(
  client: Client,
  { schema }: PostgresAddress,
  work: () => Promise<T>,
): Promise<T> {
  const name = `${schema} schema`;
  await client.query(`SELECT pg_advisory_lock(${KEY})`, [name]);
  const done = await work();
  await client.query(`SELECT pg_advisory_unlock(${KEY})`, [name]);
  return done;
}

async function taken(client: Client, text: string, name: string): Promise<boolean> {
  return (await client.query(text, [name])).rows[0]?.mine === true;
}

async function patiently(take: () => Promise<boolean>): Promise<boolean> {
  for (const until = performance.now() + PATIENCE_MS; ; ) {
    if (await take()) return true;
    if (performance.now() >= until) return false;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
