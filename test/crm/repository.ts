import { crmReads } from "../../src/backend/sqlite/crm-reads.ts";
import { crmTables } from "../../src/backend/sqlite/crm-tables.ts";
import { migrate } from "../../src/backend/sqlite/migrate.ts";
import { openSql, type Sql } from "../../src/backend/sqlite/sql.ts";
import type { CrmItem, CrmResult } from "../../src/crm/apply.ts";
import { applyToCrm } from "../../src/crm/apply-to-crm.ts";
import type { Entity } from "../../src/message/entity.ts";
import type { JsonObject } from "../../src/message/json.ts";
import type { CrmReads } from "../../src/store/crm-reads.ts";

export const NOW = 1_700_000_000_000;

/** A customer repository in memory, on the embedded database. */
export interface Repository {
  readonly reads: CrmReads;
  readonly sql: Sql;
  apply(...items: CrmItem[]): Promise<CrmResult[]>;
  close(): void;
}

export function openRepository(): Repository {
  const sql = openSql(":memory:", "writer");
  migrate(sql);
  const tables = crmTables(sql);
  return {
    reads: crmReads(sql),
    sql,
    async apply(...items) {
      sql.script("BEGIN");
      const results = await applyToCrm(items, tables, NOW);
      sql.script("COMMIT");
      return results;
    },
    close: () => sql.close(),
  };
}

let clock = 0;

/** An item accepted after all made before it. */
export function item(system: string, record: JsonObject, more: Partial<CrmItem> = {}): CrmItem {
  clock += 1;
  return {
    entity: "customer" as Entity,
    system,
    record,
    version: null,
    hash: null,
    origin: { message: clock, file: null, row: null, flowVersion: 1, at: NOW + clock },
    allowStale: false,
    missingReference: "fail",
    ...more,
  };
}

/** Everything stored, in an order of its own, without what only counts how it came about. */
export function dump(sql: Sql): Record<string, unknown[]> {
  const rows = (text: string): unknown[] => sql.all(text);
  return {
    customers: rows("SELECT * FROM customer ORDER BY id"),
    records: rows("SELECT * FROM source_record ORDER BY entity, system, external_id").map((row) => {
      const { hash, body, changed, ...rest } = row as Record<string, string>;
      return { ...rest, body: JSON.parse(body as string), changed: changed && JSON.parse(changed) };
    }),
    contacts: rows("SELECT * FROM contact_point ORDER BY kind, value, customer"),
    links: rows("SELECT * FROM customer_link ORDER BY system, external_id, record"),
  };
}
