import type { Client } from "pg";
import { HubError } from "../../errors.ts";
import { CRM_ROOM_SCHEMA, CRM_SCHEMA } from "./crm-schema.ts";
import { fillFingerprints } from "./fill-fingerprints.ts";
import {
  ACCESS_SCHEMA,
  ALERT_SCHEMA,
  BUNDLE_SCHEMA,
  BY_HAND_SCHEMA,
  CURSOR_SCHEMA,
  EVENT_SCHEMA,
  EXCHANGE_SCHEMA,
  FAILING_SCHEMA,
  HISTORY_SCHEMA,
  LATE_SCHEMA,
  MESSAGE_SCHEMA,
  MUTE_SCHEMA,
  RETENTION_SCHEMA,
} from "./schema.ts";

/** Steps from one schema version to the next; never edited once released, only added to. */
const STEPS: readonly string[] = [
  MESSAGE_SCHEMA + CRM_SCHEMA,
  CURSOR_SCHEMA,
  ALERT_SCHEMA,
  BUNDLE_SCHEMA,
  ACCESS_SCHEMA,
  HISTORY_SCHEMA,
  RETENTION_SCHEMA,
  FAILING_SCHEMA,
  EXCHANGE_SCHEMA,
  LATE_SCHEMA,
  MUTE_SCHEMA,
  EVENT_SCHEMA,
  BY_HAND_SCHEMA,
  CRM_ROOM_SCHEMA,
];

/** What a step has to work out of the rows that are there, by the step's text. */
const FILLED: ReadonlyMap<string | undefined, (client: Client) => Promise<void>> = new Map([
  [FAILING_SCHEMA, fillFingerprints],
]);

/**
 * Brings the tables to this program's schema; the caller holds the lock of the store. True when there were none.
 * @throws HubError TL_CONFLICT when a newer program has written them
 */
export async function migrate(client: Client, schema: string): Promise<boolean> {
  const name = client.escapeIdentifier(schema);
  const before = await client.query("SELECT to_regnamespace($1)::text AS found", [name]);
  if (before.rows[0]?.found === null) await client.query(`CREATE SCHEMA ${name}`);
  await client.query(`SET search_path = ${name}`);
  await client.query("CREATE TABLE IF NOT EXISTS migration (step integer PRIMARY KEY)");
  const done = await client.query("SELECT coalesce(max(step), 0) AS step FROM migration");
  const found = Number(done.rows[0]?.step);
  if (found > STEPS.length) {
    throw new HubError("TL_CONFLICT", `the tables have schema ${found}, this program knows ${STEPS.length}`, {
      cure: "Start the newer program, or restore an older dump.",
    });
  }
  for (let step = found; step < STEPS.length; step++) {
    await client.query(`BEGIN; ${STEPS[step]}`);
    await FILLED.get(STEPS[step])?.(client);
    await client.query(`INSERT INTO migration VALUES (${step + 1}); COMMIT`);
  }
  return found === 0;
}
