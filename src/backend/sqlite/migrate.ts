import { HubError } from "../../errors.ts";
import { CRM_SCHEMA, NAMES_SCHEMA } from "./crm-schema.ts";
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
import type { Sql } from "./sql.ts";

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
  NAMES_SCHEMA,
  BY_HAND_SCHEMA,
];

/** What a step has to work out of the rows that are there, by the step's text. */
const FILLED: ReadonlyMap<string | undefined, (sql: Sql) => void> = new Map([
  [FAILING_SCHEMA, fillFingerprints],
]);

/**
 * Brings the database to this program's schema.
 * @throws HubError TL_CONFLICT when a newer program has written it
 */
export function migrate(sql: Sql): void {
  const found = sql.get<{ user_version: number }>("PRAGMA user_version")?.user_version ?? 0;
  if (found > STEPS.length) {
    throw new HubError(
      "TL_CONFLICT",
      `the data folder has schema ${found}, this program knows ${STEPS.length}`,
      {
        cure: "Start the newer program, or restore an older backup.",
      },
    );
  }
  for (let step = found; step < STEPS.length; step++) {
    sql.script(`BEGIN IMMEDIATE; ${STEPS[step]}`);
    FILLED.get(STEPS[step])?.(sql);
    sql.script(`PRAGMA user_version = ${step + 1}; COMMIT`);
  }
}
