import { expect } from "vitest";
import type { GoldenSource } from "../../src/crm/golden.ts";
import { unpackChanged } from "../../src/crm/provenance.ts";
import { byExternalId } from "../../src/crm/view.ts";
import type { JsonObject } from "../../src/message/json.ts";
import type { Repository } from "./repository.ts";

/** Each customer as everybody sees it, without the numbers that drawing ids in other portions changes. */
export async function views(crm: Repository): Promise<unknown[]> {
  const rows = crm.sql.all<{ system: string; external_id: string }>(
    "SELECT system, external_id FROM source_record WHERE entity = 0 ORDER BY system, external_id",
  );
  return Promise.all(
    rows.map(async (row) => {
      const view = await byExternalId(crm.reads, row.system, row.external_id);
      if (view === undefined) return null;
      const { values, provenance, alive, revision, externalIds, history } = view;
      const ids = externalIds
        .map(({ system, id, deleted, version }) => [system, id, deleted, version])
        .sort();
      return {
        values,
        provenance,
        alive,
        revision,
        ids,
        history: history.entries.map(({ id, at }) => [id, at]),
      };
    }),
  );
}

/** Source records by customer, as they are stored. */
export function sourcesOf(crm: Repository): Map<number, GoldenSource[]> {
  const sources = new Map<number, GoldenSource[]>();
  type Row = Record<"system" | "external_id" | "body", string> & {
    customer: number;
    deleted: number;
    changed: string;
  };
  type Origin = { message: number; flow_version: number; at: number };
  for (const row of crm.sql.all<Row & Origin>(
    "SELECT * FROM source_record WHERE entity = 0 AND customer IS NOT NULL",
  )) {
    const list = sources.get(row.customer) ?? [];
    sources.set(row.customer, list);
    list.push({
      ...{ system: row.system, externalId: row.external_id, deleted: row.deleted === 1 },
      values: JSON.parse(row.body) as JsonObject,
      origin: { message: row.message, file: null, row: null, flowVersion: row.flow_version, at: row.at },
      changed: unpackChanged(row.changed),
    });
  }
  return sources;
}

/**
 * What order cannot change. Which of two deliveries of an equal value came first is not among it, nor whether a record
 * that is gone had a customer before.
 */
export function stateOf(view: Record<string, unknown> | null): unknown {
  if (view === null || view["alive"] === false) return null;
  const { values, alive, ids } = view;
  const lists = ["emails", "phones", "addresses"];
  const sorted = Object.entries(values as JsonObject).map(([field, value]) =>
    lists.includes(field)
      ? [field, [...(value as JsonObject[])].map((entry) => JSON.stringify(entry)).sort()]
      : [field, value],
  );
  return { values: Object.fromEntries(sorted), alive, ids };
}

/** Records joined by a live link share a customer, and every customer's records hang together. */
export function expectGrouped(
  groups: ReadonlyMap<number, { system: string; externalId: string; deleted: boolean; values: JsonObject }[]>,
): void {
  const customerOf = new Map<string, number>();
  for (const [customer, records] of groups)
    for (const record of records) customerOf.set(`${record.system} ${record.externalId}`, customer);
  for (const [customer, records] of groups) {
    const names = records.map(({ system, externalId }) => `${system} ${externalId}`);
    const joined = new Set([names[0]]);
    for (let round = 0; round < records.length; round++) {
      for (const [index, record] of records.entries()) {
        if (record.deleted) continue;
        const targets = ((record.values["links"] ?? []) as { system: string; id: string }[]).map(
          ({ system, id }) => `${system} ${id}`,
        );
        for (const target of targets) {
          if (customerOf.has(target)) expect(customerOf.get(target)).toBe(customer);
          if (!names.includes(target)) continue;
          if (joined.has(target)) joined.add(names[index]);
          if (joined.has(names[index])) joined.add(target);
        }
      }
    }
    expect(joined.size).toBe(names.length);
  }
}
